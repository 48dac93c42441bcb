/* The command against local copies of Google's services. deploy.test.ts covers the steps. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { firebaseCli, type Run } from '../../../tools/deploy/run.ts'
import { deploySteps } from '../../../tools/deploy/steps.ts'
import { wantedIndexes } from '../../../tools/doctor/indexes.ts'
import { APIS, putApis, putReadyProject, UPLOADS } from '../../support/deploy-project.ts'
import { useGoogleServer } from '../../support/google-server.ts'

const root = join(import.meta.dirname, '../../..')
const server = useGoogleServer()

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deploy-'))
  const example = readFileSync(join(root, 'functions/.env.example'), 'utf8')
  writeFileSync(join(folder, '.env'), example.replace(/^FUNCTIONS_REGION=.*\n/m, ''))
  writeFileSync(join(folder, '.env.photo-album'), 'ENFORCE_APP_CHECK=false\n')
})
afterEach(() => rmSync(folder, { recursive: true }))

/** The environment without addresses of emulators. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/_EMULATOR_H/.test(name)),
)

async function runNode(args: string[], variables: Record<string, string>) {
  const child = spawn(process.execPath, args, { cwd: root, env: { ...environment, ...variables } })
  let out = ''
  child.stdout.on('data', (data: Buffer) => (out += String(data)))
  child.stderr.on('data', (data: Buffer) => (out += String(data)))
  const code = await new Promise((resolve) => child.once('close', resolve))
  return { code, out }
}

describe('npm run deploy -- --dry-run', { timeout: 60_000 }, () => {
  const dryRun = (...args: string[]) =>
    runNode(['tools/deploy.ts', '--dry-run', '--project', 'photo-album', '--parameters', folder, ...args], {
      FIRESIGHT_GOOGLE_APIS: `${server.url()}/{service}`,
    })

  /** Requests that change nothing although they are POST. */
  const readOnly = /:(testIamPermissions|getIamPolicy)$/

  test('prints every check and every step of a ready project, and changes nothing', async () => {
    putReadyProject(server)
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
    const { code, out } = await dryRun()
    for (const check of [
      'project',
      'billing plan',
      'APIs',
      'permissions',
      'upload bucket',
      'Firestore database',
      'sign-in',
      'web app',
    ])
      expect(out).toMatch(new RegExp(` ok {2}${check} `))
    for (const check of ['settings', 'functions', 'Firestore rules', 'Storage rules'])
      expect(out).toMatch(new RegExp(` -> {2}${check} `))
    const steps = ['build', 'settings', 'rules', 'indexes', 'functions', 'role for tasks', 'hosting', 'page']
    const printed = Array.from(out.matchAll(/^ +\d+\. ([\w ]+):/gm), ([, name]) => name)
    expect(printed).toEqual(steps)
    expect(out).toContain('This was a dry run: nothing was changed.')
    expect(server.sent.filter(({ path }) => !readOnly.test(path))).toEqual([])
    expect(readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual(files)
    expect(code).toBe(0)
  })

  test('prints what an empty project lacks, and exits with 1', async () => {
    putReadyProject(server)
    putApis(server, APIS.slice(0, 3))
    server.put('firebase/v1beta1/projects/photo-album/adminSdkConfig', { projectId: 'photo-album' })
    server.put('cloudbilling/v1/projects/photo-album/billingInfo', { projectId: 'photo-album' })
    const { code, out } = await dryRun()
    expect(out).toMatch(/FIX {2}billing plan .*Spark/)
    expect(out).toMatch(/ -> {2}APIs +14 are not enabled/)
    expect(out).toMatch(/FIX {2}upload bucket +the project has no default bucket/)
    expect(out).toMatch(/FIX {2}Firestore database .*--firestore-location is not set/)
    expect(out).toMatch(/ \? {2}sign-in +cannot be read before identitytoolkit/)
    expect(server.sent.filter(({ path }) => !readOnly.test(path))).toEqual([])
    expect(code).toBe(1)
  })

  test('refuses unknown parts', async () => {
    const { code, out } = await dryRun('--only', 'rules,extensions')
    expect(out).toContain('--only has extensions')
    expect(code).toBe(2)
  })
})

describe('the Firebase CLI of the lockfile', { timeout: 120_000 }, () => {
  test('keeps indexes that are not in our file, with the flags of the step for indexes', async () => {
    const project = 'projects/photo-album'
    putReadyProject(server)
    const groups = `firestore/v1/${project}/databases/(default)/collectionGroups`
    // https://docs.cloud.google.com/firestore/docs/reference/rest/v1/projects.databases.collectionGroups.indexes
    const other = {
      name: `${project}/databases/(default)/collectionGroups/albums/indexes/CICAgOjXh4EK`,
      queryScope: 'COLLECTION',
      fields: [
        { fieldPath: 'owner', order: 'ASCENDING' },
        { fieldPath: 'title', order: 'ASCENDING' },
        { fieldPath: '__name__', order: 'ASCENDING' },
      ],
      state: 'READY',
    }
    server.put(`${groups}/-/indexes`, { indexes: [other] })
    server.put(`${groups}/-/fields`, { fields: [] })
    const { indexes, fieldOverrides } = wantedIndexes()
    for (const { collectionGroup } of indexes)
      server.put(`${groups}/${collectionGroup}/indexes`, { name: 'a' })
    for (const { collectionGroup, fieldPath } of fieldOverrides)
      server.put(`${groups}/${collectionGroup}/fields/${fieldPath}`, { name: 'a' })
    server.put(`firebaserules/v1/${project}:test`, {})
    server.put('google/oauth2/v3/token', { access_token: 'a', expires_in: 3600, token_type: 'Bearer' })
    const urlOf = (service: string) => `${server.url()}/${service}`
    // The CLI asks whether its APIs are enabled by their host names.
    server.put(`serviceusage/v1/${project}/services/127.0.0.1`, { state: 'ENABLED' })
    let [code, out]: [unknown, string] = [undefined, '']
    const run: Run = async (_, args) => {
      ;({ code, out } = await runNode([firebaseCli(), ...args], {
        FIREBASE_TOKEN: 'local',
        FIREBASE_TOKEN_URL: urlOf('google'),
        CI: '1',
        XDG_CONFIG_HOME: folder,
        FIRESTORE_URL: urlOf('firestore'),
        FIREBASE_RESOURCEMANAGER_URL: urlOf('cloudresourcemanager'),
        FIREBASE_RULES_URL: urlOf('firebaserules'),
        FIREBASE_SERVICE_USAGE_URL: urlOf('serviceusage'),
      }))
    }
    const config = { database: '(default)', buckets: [UPLOADS] }
    const [step] = deploySteps(run, ['indexes'], {
      project: 'photo-album',
      config,
      interactive: false,
      page: {},
    })
    await step?.run()
    expect(out).toContain('deployed indexes in firestore.indexes.json')
    expect(out).toContain('there are 1 indexes defined in your project that are not present')
    expect(server.sent.filter(({ path }) => path.endsWith('/indexes')).length).toBeGreaterThan(0)
    expect(server.sent.filter(({ method }) => method === 'DELETE')).toEqual([])
    expect(code).toBe(0)
  })
})
