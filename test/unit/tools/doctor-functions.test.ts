/* The responses have the format of the reference pages that each check links, read 2026-11-27. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { type ExportedFunction, exportedFunctions } from '../../../tools/doctor/exports.ts'
import { runCheck } from '../../../tools/doctor/finding.ts'
import { functionChecks, listFunctions, triggeringBuckets } from '../../../tools/doctor/functions.ts'
import { queueChecks } from '../../../tools/doctor/queues.ts'
import { useGoogleServer } from '../../support/google-server.ts'

const server = useGoogleServer()
const path = 'cloudfunctions/v2/projects/photo-album/locations/-/functions'
const bucket = 'photo-album.firebasestorage.app'

const upload: ExportedFunction = {
  name: 'onImageUploaded',
  kind: 'event',
  retry: true,
  secrets: ['GEMINI_API_KEY'],
}
const call: ExportedFunction = { name: 'describeImage', kind: 'call', retry: false, secrets: [] }

function deployed(name: string, changes: Record<string, unknown> = {}, region = 'us-central1') {
  return {
    name: `projects/photo-album/locations/${region}/functions/${name}`,
    state: 'ACTIVE',
    environment: 'GEN_2',
    labels: { 'firebase-functions-codebase': 'firesight' },
    serviceConfig: {
      environmentVariables: { MAX_OBJECTS: '100' },
      secretEnvironmentVariables: [{ key: 'GEMINI_API_KEY', projectId: 'photo-album', version: '3' }],
    },
    eventTrigger: {
      eventType: 'google.cloud.storage.object.v1.finalized',
      retryPolicy: 'RETRY_POLICY_RETRY',
      eventFilters: [{ attribute: 'bucket', value: bucket }],
    },
    ...changes,
  }
}

async function findingsOf(exports: ExportedFunction[], values: Record<string, string> = {}) {
  const google = server.google()
  const expected = { exports, region: 'us-central1', values, bucket }
  const listed = listFunctions(google)
  listed.catch(() => undefined) // Each check handles the rejection itself.
  const checks = functionChecks(google, () => listed, expected)
  return (await Promise.all(checks.map(runCheck))).flat()
}

let clients: Server | undefined
afterEach(() => clients?.close())

/** A server that responds like a deployed function. Returns its URL. */
async function reachable(status: number, body: string): Promise<string> {
  clients = createServer((_, response) => response.writeHead(status).end(body))
  await new Promise<void>((resolve) => clients?.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(clients.address() as AddressInfo).port}/`
}

describe('exportedFunctions()', () => {
  const exports = exportedFunctions()

  test('reads the deployed functions from the entry file', () => {
    expect(exports).toContainEqual(upload)
    expect(exports.find(({ name }) => name === 'describeImage')).toMatchObject({ kind: 'call', retry: false })
    for (const { kind } of exports) expect(kind).not.toBe('other')
  })
})

describe('functionChecks()', () => {
  test('finds functions on all pages, and obsolete functions', async () => {
    const others = { functions: [deployed('other')], nextPageToken: 'next' }
    server.put(path, others, { functions: [deployed('onImageUploaded')] })
    expect(await findingsOf([upload])).toMatchObject([
      { check: 'function onImageUploaded', state: 'ok', found: 'active in us-central1' },
      { check: 'obsolete functions', state: 'problem', found: expect.stringContaining('other') },
    ])
  })

  test.each([
    ['failed to deploy', { state: 'FAILED' }, 'the function is FAILED'],
    [
      'does not retry',
      { eventTrigger: { retryPolicy: 'RETRY_POLICY_DO_NOT_RETRY' } },
      'events are not retried',
    ],
    ['has no secret', { serviceConfig: {} }, 'the secret GEMINI_API_KEY is not bound'],
    [
      'is triggered by another bucket',
      {
        eventTrigger: {
          retryPolicy: 'RETRY_POLICY_RETRY',
          eventFilters: [{ attribute: 'bucket', value: 'results' }],
        },
      },
      `triggered by results, not by ${bucket}`,
    ],
  ])('report a function that %s', async (_, changes, found) => {
    server.put(path, { functions: [deployed('onImageUploaded', changes)] })
    expect((await findingsOf([upload]))[0]).toMatchObject({
      state: 'problem',
      found: expect.stringContaining(found),
      command: 'firebase deploy --only functions:firesight:onImageUploaded --project photo-album',
    })
  })

  test('report deployed values that differ from the files, without printing them', async () => {
    server.put(path, { functions: [deployed('onImageUploaded')] })
    const [finding] = await findingsOf([upload], { MAX_OBJECTS: '42' })
    expect(finding).toMatchObject({
      state: 'problem',
      found: expect.stringContaining('the deployed values of MAX_OBJECTS differ'),
    })
    expect((await findingsOf([upload], { MAX_OBJECTS: '100' }))[0]).toMatchObject({ state: 'ok' })
  })

  test('report a missing function, and one in another region', async () => {
    server.put(path, { functions: [] })
    expect((await findingsOf([upload]))[0]).toMatchObject({ state: 'problem', found: 'not deployed' })
    server.put(path, { functions: [deployed('onImageUploaded', {}, 'europe-west1')] })
    expect((await findingsOf([upload]))[0]).toMatchObject({
      state: 'problem',
      found: 'deployed in europe-west1',
    })
  })

  test('are unknown if Google could not list the region', async () => {
    server.put(path, { functions: [], unreachable: ['us-central1'] })
    expect((await findingsOf([upload]))[0]).toMatchObject({ state: 'unknown' })
  })

  test('are unknown if the API is disabled', async () => {
    server.fail(path, 403, 'Cloud Functions API has not been used in project 1234 before or it is disabled.')
    expect((await findingsOf([upload])).map(({ state }) => state)).toEqual(['unknown', 'unknown'])
  })

  test.each([
    [401, '{"error":{"status":"UNAUTHENTICATED","details":{"reason":"unauthenticated"}}}', 'ok'],
    [403, '<html>Your client does not have permission</html>', 'problem'],
    [401, '<html>Unauthorized</html>', 'unknown'],
    [503, 'no instances', 'unknown'],
  ])(
    'are, for a callable that responds to a call without sign-in with %i %s: %s',
    async (status, body, state) => {
      const serviceConfig = { uri: await reachable(status, body) }
      server.put(path, { functions: [deployed('describeImage', { serviceConfig, eventTrigger: undefined })] })
      expect((await findingsOf([call]))[0]).toMatchObject({ state })
    },
  )

  test('triggeringBuckets() returns the buckets of all functions', async () => {
    server.put(path, {
      functions: [deployed('onImageUploaded'), deployed('anything', { eventTrigger: undefined })],
    })
    expect(triggeringBuckets(await listFunctions(server.google()))).toEqual([bucket])
  })
})

describe('queueChecks()', () => {
  const place = 'projects/photo-album/locations/us-central1'
  const queued: ExportedFunction = { name: 'onPhotoQueued', kind: 'queue', retry: false, secrets: [] }
  const scheduled: ExportedFunction = { name: 'onSweep', kind: 'schedule', retry: false, secrets: [] }
  const queuePath = `cloudtasks/v2/${place}/queues/onPhotoQueued`
  const jobPath = `cloudscheduler/v1/${place}/jobs/firebase-schedule-onSweep-us-central1`

  async function findingOf(exported: ExportedFunction) {
    const checks = queueChecks(server.google(), [upload, exported], 'us-central1')
    expect(checks).toHaveLength(1)
    return (await Promise.all(checks.map(runCheck))).flat()[0]
  }

  test('requires a running queue', async () => {
    expect(await findingOf(queued)).toMatchObject({
      check: 'queue onPhotoQueued',
      state: 'problem',
      found: 'the queue does not exist',
    })
    server.put(queuePath, { name: queuePath, state: 'RUNNING' })
    expect(await findingOf(queued)).toMatchObject({ state: 'ok' })
    server.put(queuePath, { name: queuePath, state: 'PAUSED' })
    expect(await findingOf(queued)).toMatchObject({
      state: 'problem',
      command: expect.stringContaining('gcloud tasks queues resume onPhotoQueued'),
    })
    server.breakDown(queuePath)
    expect(await findingOf(queued)).toMatchObject({ state: 'unknown' })
  })

  test('requires an enabled job with a successful last run', async () => {
    expect(await findingOf(scheduled)).toMatchObject({ state: 'problem', found: 'the job does not exist' })
    const job = { name: jobPath, state: 'ENABLED', schedule: 'every 10 minutes' }
    server.put(jobPath, { ...job, status: {} })
    expect(await findingOf(scheduled)).toMatchObject({ state: 'ok', found: 'enabled, every 10 minutes' })
    server.put(jobPath, { ...job, state: 'PAUSED' })
    expect(await findingOf(scheduled)).toMatchObject({ state: 'problem' })
    server.put(jobPath, { ...job, status: { code: 13 } })
    expect(await findingOf(scheduled)).toMatchObject({
      state: 'problem',
      found: expect.stringContaining('code 13'),
    })
  })
})
