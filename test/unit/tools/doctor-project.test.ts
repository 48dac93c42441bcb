/* The responses have the format of the reference pages that each check links, read 2026-11-27. */
import { describe, expect, test } from 'vitest'
import { checkResultBucket, checkUploadBucket, defaultBucket } from '../../../tools/doctor/buckets.ts'
import { runCheck } from '../../../tools/doctor/finding.ts'
import { checkLogExclusions, wantedExclusions } from '../../../tools/doctor/log-exclusions.ts'
import { checkSecret } from '../../../tools/doctor/secret.ts'
import { useGoogleServer } from '../../support/google-server.ts'

const server = useGoogleServer()
const states = (findings: { state: string }[]) => findings.map(({ state }) => state)

describe('checkSecret()', () => {
  const path = 'secretmanager/v1/projects/photo-album/secrets/GEMINI_API_KEY/versions/latest'
  const name = 'projects/1234/secrets/GEMINI_API_KEY/versions/3'
  const data = (key: string) => Buffer.from(key).toString('base64')

  test('reads the key, and does not print it', async () => {
    server.put(`${path}:access`, { name, payload: { data: data('AIza-very-secret'), dataCrc32c: '1' } })
    const { key, findings } = await checkSecret(server.google(), { provider: 'gemini-api' })
    expect(key).toBe('AIza-very-secret')
    expect(findings).toEqual([{ state: 'ok', found: 'version 3 is readable, 16 characters' }])
  })

  test.each([
    [
      'with a line break at the end, as editors add it',
      'AIza-very-secret\n',
      'the key contains spaces or line breaks',
    ],
    ['that is empty', '', 'the key is empty'],
  ])('reports a key %s', async (_, key, found) => {
    server.put(`${path}:access`, { name, payload: { data: data(key) } })
    const { findings } = await checkSecret(server.google(), { provider: 'gemini-api' })
    expect(findings).toMatchObject([
      { state: 'problem', found, command: 'firebase functions:secrets:set GEMINI_API_KEY' },
    ])
    expect(JSON.stringify(findings)).not.toContain('very-secret')
  })

  test('reports a missing secret, and a disabled version', async () => {
    const missing = await checkSecret(server.google(), { provider: 'gemini-api' })
    expect(states(missing.findings)).toEqual(['problem'])
    server.fail(`${path}:access`, 400, 'Secret Version [x] is in DISABLED state.')
    const disabled = await checkSecret(server.google(), { provider: 'gemini-api' })
    expect(states(disabled.findings)).toEqual(['problem'])
  })

  test('checks with Vertex AI only that the secret exists, and does not read it', async () => {
    server.put(path, { name, state: 'ENABLED' })
    const { key, findings } = await checkSecret(server.google(), { provider: 'vertex-ai' })
    expect(states(findings)).toEqual(['ok'])
    expect(key).toBeUndefined()
    expect(server.asked).toEqual([path])
  })
})

describe('runCheck()', () => {
  const check = {
    name: 'secret',
    run: async () => (await checkSecret(server.google(), { provider: 'gemini-api' })).findings,
  }
  const path = 'secretmanager/v1/projects/photo-album/secrets/GEMINI_API_KEY/versions/latest:access'

  test('reports a missing permission as unknown, with the reason', async () => {
    server.fail(path, 403, "Permission 'secretmanager.versions.access' denied on resource.")
    const [finding] = await runCheck(check)
    expect(finding).toMatchObject({ check: 'secret', state: 'unknown' })
    expect(finding?.found).toContain("403: Permission 'secretmanager.versions.access' denied")
  })

  test.each([502, 404, 200])('reports an HTML page with status %i as unknown', async (status) => {
    server.breakDown(path, status)
    expect(await runCheck(check)).toMatchObject([{ state: 'unknown' }])
  })

  test('reports an unexpected format as unknown', async () => {
    server.put(path, { name: 'x', payload: {} })
    expect(await runCheck(check)).toMatchObject([
      { state: 'unknown', found: expect.stringContaining('unexpected format') },
    ])
  })

  test('rethrows other errors', async () => {
    const bug = async () => {
      throw new TypeError('undefined is not a function')
    }
    await expect(runCheck({ name: 'any', run: bug })).rejects.toThrow(TypeError)
  })
})

describe('buckets', () => {
  const uploads = 'photo-album.firebasestorage.app'
  const bucket = (name: string, about: object = {}) =>
    server.put(`storage/storage/v1/b/${name}`, { kind: 'storage#bucket', name, location: 'US', ...about })

  test('defaultBucket() returns the default bucket of the deployed functions', async () => {
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
    ['EU', 'us-central1', 'problem'],
    ['EUROPE-WEST3', 'europe-west1', 'problem'],
  ])('checkUploadBucket(): %s with functions in %s is %s', async (location, region, state) => {
    bucket(uploads, { location })
    expect(states(await checkUploadBucket(server.google(), uploads, region))).toEqual([state])
  })

  test('checkUploadBucket() notes settings that keep deleted photos', async () => {
    bucket(uploads, {
      versioning: { enabled: true },
      softDeletePolicy: { retentionDurationSeconds: '604800' },
    })
    const [finding] = await checkUploadBucket(server.google(), uploads, 'us-central1')
    expect(finding?.notes?.join()).toMatch(/noncurrent versions.*7 days/)
  })

  test('checkUploadBucket() reports a project without a bucket, and a missing bucket', async () => {
    for (const name of [undefined, uploads])
      expect(states(await checkUploadBucket(server.google(), name, 'us-central1'))).toEqual(['problem'])
  })

  const config = { outputBucket: 'results', provider: 'gemini-api' } as const
  const noTriggers = async () => []

  test('checkResultBucket() accepts a separate bucket', async () => {
    bucket('results')
    expect(await checkResultBucket(server.google(), uploads, config, noTriggers)).toMatchObject([
      { state: 'ok', found: 'results, a separate bucket' },
    ])
  })

  test('checkResultBucket() reports a missing bucket, and one that triggers functions', async () => {
    expect(states(await checkResultBucket(server.google(), uploads, config, noTriggers))).toEqual(['problem'])
    bucket('results')
    const triggered = await checkResultBucket(server.google(), uploads, config, async () => ['results'])
    expect(triggered).toMatchObject([
      { state: 'problem', found: expect.stringContaining('results triggers functions') },
    ])
  })

  test('checkResultBucket() requires a rule that deletes the copies for Vertex AI', async () => {
    const rule = (daysSinceCustomTime: number) => ({
      lifecycle: { rule: [{ action: { type: 'Delete' }, condition: { daysSinceCustomTime } }] },
    })
    const vertex = { ...config, provider: 'vertex-ai' } as const
    for (const [about, state] of [
      [{}, 'problem'],
      [rule(1), 'problem'],
      [rule(3), 'ok'],
    ] as const) {
      bucket('results', about)
      expect(states(await checkResultBucket(server.google(), uploads, vertex, noTriggers))).toEqual([state])
    }
  })
})

describe('checkLogExclusions()', () => {
  const path = 'logging/v2/projects/photo-album/sinks/_Default'
  const [first, ...others] = wantedExclusions()
  const found = async (sink: object) => {
    server.put(path, { name: '_Default', ...sink })
    return checkLogExclusions(server.google())
  }

  test('accepts the exclusions of the file, beside others', async () => {
    const exclusions = [...wantedExclusions(), { name: 'own', filter: 'severity<INFO' }]
    expect(await found({ exclusions })).toEqual([{ state: 'ok', found: '3 in the sink _Default' }])
  })

  test('accepts a sink that stores nothing', async () => {
    expect(states(await found({ disabled: true }))).toEqual(['ok'])
  })

  test.each([
    ['missing', []],
    ['disabled', [{ ...first, disabled: true }]],
    ['has another filter', [{ ...first, filter: 'severity<INFO' }]],
  ])('reports an exclusion that is %s', async (reason, exclusions) => {
    const [finding] = await found({ exclusions: [...exclusions, ...others] })
    expect(finding).toMatchObject({
      state: 'problem',
      found: expect.stringMatching(new RegExp(`^firesight-missing-data (is )?${reason}$`)),
      command: 'sh monitoring/log-exclusions.sh photo-album',
    })
  })

  test('reports a project without the sink as unknown', async () => {
    const check = { name: 'log exclusions', run: () => checkLogExclusions(server.google()) }
    expect(await runCheck(check)).toMatchObject([{ state: 'unknown' }])
  })
})
