/* The shapes of Google's answers are those of the reference pages that the checks name, read 2026-11-27. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkResultBucket, checkUploadBucket, defaultBucket } from '../../../tools/doctor/buckets.ts'
import { examine } from '../../../tools/doctor/finding.ts'
import { checkRules } from '../../../tools/doctor/rules.ts'
import { checkSecret } from '../../../tools/doctor/secret.ts'
import { useGoogleServer } from '../../support/google-server.ts'

const server = useGoogleServer()
const text = (file: string) => readFileSync(join(import.meta.dirname, '../../..', file), 'utf8')
const states = (findings: { state: string }[]) => findings.map(({ state }) => state)

describe('checkSecret()', () => {
  const path = 'secretmanager/v1/projects/photo-album/secrets/GEMINI_API_KEY/versions/latest'
  const name = 'projects/1234/secrets/GEMINI_API_KEY/versions/3'
  const data = (key: string) => Buffer.from(key).toString('base64')

  test('reads the key, and tells nobody', async () => {
    server.put(`${path}:access`, { name, payload: { data: data('AIza-very-secret'), dataCrc32c: '1' } })
    const { key, findings } = await checkSecret(server.google(), { provider: 'gemini-api' })
    expect(key).toBe('AIza-very-secret')
    expect(findings).toEqual([{ state: 'ok', found: 'version 3 can be read, 16 characters' }])
  })

  test.each([
    [
      'with a line end, as an editor leaves it',
      'AIza-very-secret\n',
      'the key has spaces or line ends in it',
    ],
    ['that is empty', '', 'the key is empty'],
  ])('mends a key %s', async (_, key, found) => {
    server.put(`${path}:access`, { name, payload: { data: data(key) } })
    const { findings } = await checkSecret(server.google(), { provider: 'gemini-api' })
    expect(findings).toMatchObject([
      { state: 'mend', found, command: 'firebase functions:secrets:set GEMINI_API_KEY' },
    ])
    expect(JSON.stringify(findings)).not.toContain('very-secret')
  })

  test('mends a secret that is missing, or whose version is disabled', async () => {
    const missing = await checkSecret(server.google(), { provider: 'gemini-api' })
    expect(states(missing.findings)).toEqual(['mend'])
    server.fail(`${path}:access`, 400, 'Secret Version [x] is in DISABLED state.')
    const disabled = await checkSecret(server.google(), { provider: 'gemini-api' })
    expect(states(disabled.findings)).toEqual(['mend'])
  })

  test('asks with Vertex AI whether there is one, and does not read it', async () => {
    server.put(path, { name, state: 'ENABLED' })
    const { key, findings } = await checkSecret(server.google(), { provider: 'vertex-ai' })
    expect(states(findings)).toEqual(['ok'])
    expect(key).toBeUndefined()
    expect(server.asked).toEqual([path])
  })
})

describe('examine()', () => {
  const check = {
    name: 'secret',
    look: async () => (await checkSecret(server.google(), { provider: 'gemini-api' })).findings,
  }
  const path = 'secretmanager/v1/projects/photo-album/secrets/GEMINI_API_KEY/versions/latest:access'

  test('says why it could not look: permission denied', async () => {
    server.fail(path, 403, "Permission 'secretmanager.versions.access' denied on resource.")
    const [finding] = await examine(check)
    expect(finding).toMatchObject({ check: 'secret', state: 'unknown' })
    expect(finding?.found).toContain("403: Permission 'secretmanager.versions.access' denied")
  })

  test.each([502, 404, 200])('takes a page of HTML with status %i for no answer', async (status) => {
    server.breakDown(path, status)
    expect(await examine(check)).toMatchObject([{ state: 'unknown' }])
  })

  test('takes an answer in another form for no answer', async () => {
    server.put(path, { name: 'x', payload: {} })
    expect(await examine(check)).toMatchObject([
      { state: 'unknown', found: expect.stringContaining('no form that we know') },
    ])
  })

  test('lets a bug surface', async () => {
    const bug = async () => {
      throw new TypeError('undefined is not a function')
    }
    await expect(examine({ name: 'any', look: bug })).rejects.toThrow(TypeError)
  })
})

describe('buckets', () => {
  const uploads = 'photo-album.firebasestorage.app'
  const bucket = (name: string, about: object = {}) =>
    server.put(`storage/storage/v1/b/${name}`, { kind: 'storage#bucket', name, location: 'US', ...about })

  test('defaultBucket() reads the name that deployed functions are given', async () => {
    server.put('firebase/v1beta1/projects/photo-album/adminSdkConfig', {
      projectId: 'photo-album',
      storageBucket: uploads,
    })
    expect(await defaultBucket(server.google())).toBe(uploads)
  })

  test.each([
    ['US', 'us-central1', 'ok'],
    ['US-CENTRAL1', 'us-central1', 'ok'],
    ['EU', 'europe-west1', 'ok'],
    ['EU', 'us-central1', 'mend'],
    ['EUROPE-WEST3', 'europe-west1', 'mend'],
  ])('checkUploadBucket(): %s with functions in %s is %s', async (location, region, state) => {
    bucket(uploads, { location })
    expect(states(await checkUploadBucket(server.google(), uploads, region))).toEqual([state])
  })

  test('checkUploadBucket() notes what keeps deleted photos', async () => {
    bucket(uploads, {
      versioning: { enabled: true },
      softDeletePolicy: { retentionDurationSeconds: '604800' },
    })
    const [finding] = await checkUploadBucket(server.google(), uploads, 'us-central1')
    expect(finding?.advice?.join()).toMatch(/older versions.*7 days/)
  })

  test('checkUploadBucket() mends a project without a bucket, and a bucket that is gone', async () => {
    for (const name of [undefined, uploads])
      expect(states(await checkUploadBucket(server.google(), name, 'us-central1'))).toEqual(['mend'])
  })

  const config = { outputBucket: 'results', provider: 'gemini-api' } as const
  const noTriggers = async () => []

  test('checkResultBucket() takes a bucket of its own', async () => {
    bucket('results')
    expect(await checkResultBucket(server.google(), uploads, config, noTriggers)).toMatchObject([
      { state: 'ok', found: 'results, a bucket of their own' },
    ])
  })

  test('checkResultBucket() mends one that is missing, or that has a trigger', async () => {
    expect(states(await checkResultBucket(server.google(), uploads, config, noTriggers))).toEqual(['mend'])
    bucket('results')
    const triggered = await checkResultBucket(server.google(), uploads, config, async () => ['results'])
    expect(triggered).toMatchObject([
      { state: 'mend', found: expect.stringContaining('triggered by results') },
    ])
  })

  test('checkResultBucket() wants a rule that deletes the copies for Vertex AI', async () => {
    const rule = (daysSinceCustomTime: number) => ({
      lifecycle: { rule: [{ action: { type: 'Delete' }, condition: { daysSinceCustomTime } }] },
    })
    const vertex = { ...config, provider: 'vertex-ai' } as const
    for (const [about, state] of [
      [{}, 'mend'],
      [rule(1), 'mend'],
      [rule(3), 'ok'],
    ] as const) {
      bucket('results', about)
      expect(states(await checkResultBucket(server.google(), uploads, vertex, noTriggers))).toEqual([state])
    }
  })
})

describe('checkRules()', () => {
  const release = { release: 'cloud.firestore', file: 'firestore.rules' } as const
  const rulesetName = 'projects/photo-album/rulesets/0a1b'
  const deployed = (content: string) => {
    server.put('firebaserules/v1/projects/photo-album/releases/cloud.firestore', {
      name: 'projects/photo-album/releases/cloud.firestore',
      rulesetName,
    })
    server.put(`firebaserules/v1/${rulesetName}`, {
      name: rulesetName,
      source: { files: [{ name: 'firestore.rules', content }] },
    })
  }

  test('compares texts, whatever their line ends', async () => {
    deployed(`${text('firestore.rules').replaceAll('\n', '\r\n')}\r\n`)
    expect(states(await checkRules(server.google(), release))).toEqual(['ok'])
  })

  test('mends rules that differ, and says where', async () => {
    deployed(text('firestore.rules').replace('allow get: if isSignedIn()', 'allow get: if true'))
    const line =
      text('firestore.rules')
        .split('\n')
        .findIndex((found) => found.includes('allow get:')) + 1
    expect(await checkRules(server.google(), release)).toMatchObject([
      { state: 'mend', found: expect.stringContaining(`first in line ${line}`) },
    ])
  })

  test('mends a project without rules', async () => {
    expect(states(await checkRules(server.google(), release))).toEqual(['mend'])
  })
})
