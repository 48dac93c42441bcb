/* Runs the whole command against local copies of Google's services. Other tests cover the findings. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { exportedFunctions } from '../../../tools/doctor/exports.ts'
import type { Finding } from '../../../tools/doctor/finding.ts'
import { wantedIndexes } from '../../../tools/doctor/indexes.ts'
import { wantedExclusions } from '../../../tools/doctor/log-exclusions.ts'
import { useEmulatedModel } from '../../support/emulated-model.ts'
import { useGoogleServer } from '../../support/google-server.ts'

const root = join(import.meta.dirname, '../../..')
const server = useGoogleServer()
const model = useEmulatedModel()
const uploads = 'photo-album.firebasestorage.app'
const key = 'AIza-very-secret'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'doctor-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

async function doctor(...args: string[]) {
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/_EMULATOR_H/.test(name)),
  )
  const child = spawn(
    process.execPath,
    ['tools/doctor.ts', '--project', 'photo-album', '--parameters', folder, ...args],
    {
      cwd: root,
      env: {
        ...environment,
        FIRESIGHT_GOOGLE_APIS: `${server.url()}/{service}`,
        GOOGLE_GEMINI_BASE_URL: model.url(), // Read by the SDK.
      },
    },
  )
  let out = ''
  child.stdout.on('data', (data: Buffer) => (out += String(data)))
  child.stderr.on('data', (data: Buffer) => (out += String(data)))
  const code = await new Promise((resolve) => child.once('close', resolve))
  return { code, out }
}

/** A project without problems. */
function putEverything(): void {
  const project = 'projects/photo-album'
  server.put('firebase/v1beta1/projects/photo-album/adminSdkConfig', {
    projectId: 'photo-album',
    storageBucket: uploads,
  })
  server.put(`secretmanager/v1/${project}/secrets/GEMINI_API_KEY/versions/latest:access`, {
    name: 'projects/1/secrets/GEMINI_API_KEY/versions/1',
    payload: { data: Buffer.from(key).toString('base64') },
  })
  server.put(`storage/storage/v1/b/${uploads}`, { name: uploads, location: 'US' })
  for (const [release, file] of [
    [`firebase.storage/${uploads}`, 'storage.rules'],
    ['cloud.firestore', 'firestore.rules'],
  ] as const) {
    const name = `${project}/releases/${release}`
    server.put(`firebaserules/v1/${name}`, { name, rulesetName: `${project}/rulesets/${file}` })
    const content = readFileSync(join(root, file), 'utf8')
    server.put(`firebaserules/v1/${project}/rulesets/${file}`, {
      source: { files: [{ name: file, content }] },
    })
  }
  const groups = `${project}/databases/(default)/collectionGroups`
  const { indexes, fieldOverrides } = wantedIndexes()
  server.put(`firestore/v1/${groups}/-/indexes`, {
    indexes: indexes.map((index) => ({
      ...index,
      name: `${groups}/${index.collectionGroup}/indexes/A`,
      state: 'READY',
    })),
  })
  server.put(`firestore/v1/${groups}/-/fields`, {
    fields: fieldOverrides.map(({ collectionGroup, fieldPath, ttl }) => ({
      name: `${groups}/${collectionGroup}/fields/${fieldPath}`,
      indexConfig: {},
      ...(ttl && { ttlConfig: { state: 'ACTIVE' } }),
    })),
  })
  const place = `${project}/locations/us-central1`
  const functions = exportedFunctions().map(({ name, retry, secrets, kind }) => {
    server.put(`cloudtasks/v2/${place}/queues/${name}`, { name, state: 'RUNNING' })
    server.put(`cloudscheduler/v1/${place}/jobs/firebase-schedule-${name}-us-central1`, {
      name,
      state: 'ENABLED',
    })
    return {
      name: `${place}/functions/${name}`,
      state: 'ACTIVE',
      labels: { 'firebase-functions-codebase': 'firesight' },
      serviceConfig: { secretEnvironmentVariables: secrets.map((secret) => ({ key: secret })) },
      ...(kind === 'event' && retry && { eventTrigger: { retryPolicy: 'RETRY_POLICY_RETRY' } }),
    }
  })
  server.put(`cloudfunctions/v2/${project}/locations/-/functions`, { functions })
  server.put(`logging/v2/${project}/sinks/_Default`, { exclusions: wantedExclusions() })
}

test('npm run doctor passes all checks of a correct project, and does not print its key', async () => {
  putEverything()
  const { code, out } = await doctor()
  expect(out).toMatch(/All \d+ checks passed/)
  expect(out).toMatch(/question +answered by/)
  expect(out).not.toContain(key)
  expect(code).toBe(0)
})

test('npm run doctor runs the other checks if one service fails, and exits with 2', async () => {
  putEverything()
  server.fail('cloudfunctions/v2/projects/photo-album/locations/-/functions', 403, 'Permission denied.')
  server.breakDown('secretmanager/v1/projects/photo-album/secrets/GEMINI_API_KEY/versions/latest:access')
  const { code, out } = await doctor('--json')
  const { findings } = JSON.parse(out) as { findings: Finding[] }
  const unknown = findings.filter(({ state }) => state === 'unknown').map(({ check }) => check)
  expect(unknown).toEqual([
    'secret GEMINI_API_KEY',
    'models',
    ...exportedFunctions().map(({ name }) => `function ${name}`),
    'obsolete functions',
  ])
  expect(findings.find(({ check }) => check === 'indexes')?.state).toBe('ok')
  expect(code).toBe(2)
})

test('npm run doctor prints how to fix a problem, and exits with 1', async () => {
  putEverything()
  server.put(`storage/storage/v1/b/${uploads}`, { name: uploads, location: 'EU' })
  const { code, out } = await doctor('--no-ask')
  expect(out).toMatch(/FIX {2}bucket .* is in EU/)
  expect(out).toMatch(/\$ echo FUNCTIONS_REGION=europe-west1/)
  expect(code).toBe(1)
})
