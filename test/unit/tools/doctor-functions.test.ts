/* The shapes of Google's answers are those of the reference pages that the checks name, read 2026-11-27. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { type ExportedFunction, exportedFunctions } from '../../../tools/doctor/exports.ts'
import { examine } from '../../../tools/doctor/finding.ts'
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

async function look(exports: ExportedFunction[], values: Record<string, string> = {}) {
  const google = server.google()
  const expected = { exports, region: 'us-central1', values, bucket }
  const listed = listFunctions(google)
  listed.catch(() => undefined) // Each check looks for itself.
  const checks = functionChecks(google, () => listed, expected)
  return (await Promise.all(checks.map(examine))).flat()
}

let clients: Server | undefined
afterEach(() => clients?.close())

/** A deployed function as clients reach it. */
async function reachable(status: number, body: string): Promise<string> {
  clients = createServer((_, response) => response.writeHead(status).end(body))
  await new Promise<void>((resolve) => clients?.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(clients.address() as AddressInfo).port}/`
}

describe('exportedFunctions()', () => {
  const exports = exportedFunctions()

  test('reads from the entry what is deployed', () => {
    expect(exports).toContainEqual(upload)
    expect(exports.find(({ name }) => name === 'describeImage')).toMatchObject({ kind: 'call', retry: false })
    for (const { kind } of exports) expect(kind).not.toBe('other')
  })
})

describe('functionChecks()', () => {
  test('finds what is deployed as it is declared, over several pages', async () => {
    const others = { functions: [deployed('other')], nextPageToken: 'next' }
    server.put(path, others, { functions: [deployed('onImageUploaded')] })
    expect(await look([upload])).toMatchObject([
      { check: 'function onImageUploaded', state: 'ok', found: 'active in us-central1' },
      { check: 'functions left over', state: 'mend', found: expect.stringContaining('other') },
    ])
  })

  test.each([
    ['failed to deploy', { state: 'FAILED' }, 'it is FAILED'],
    ['does not retry', { eventTrigger: { retryPolicy: 'RETRY_POLICY_DO_NOT_RETRY' } }, 'do not come again'],
    ['has no secret', { serviceConfig: {} }, 'without the secret GEMINI_API_KEY'],
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
  ])('mends one that %s', async (_, changes, found) => {
    server.put(path, { functions: [deployed('onImageUploaded', changes)] })
    expect((await look([upload]))[0]).toMatchObject({
      state: 'mend',
      found: expect.stringContaining(found),
      command: 'firebase deploy --only functions:firesight:onImageUploaded --project photo-album',
    })
  })

  test('mends one that has other values than the files, without saying which values', async () => {
    server.put(path, { functions: [deployed('onImageUploaded')] })
    const [finding] = await look([upload], { MAX_OBJECTS: '42' })
    expect(finding).toMatchObject({
      state: 'mend',
      found: expect.stringContaining('other values of MAX_OBJECTS'),
    })
    expect((await look([upload], { MAX_OBJECTS: '100' }))[0]).toMatchObject({ state: 'ok' })
  })

  test('mends one that is missing, or in another region', async () => {
    server.put(path, { functions: [] })
    expect((await look([upload]))[0]).toMatchObject({ state: 'mend', found: 'it is not deployed' })
    server.put(path, { functions: [deployed('onImageUploaded', {}, 'europe-west1')] })
    expect((await look([upload]))[0]).toMatchObject({ state: 'mend', found: 'it is in europe-west1' })
  })

  test('does not take a region that Google could not list for one without functions', async () => {
    server.put(path, { functions: [], unreachable: ['us-central1'] })
    expect((await look([upload]))[0]).toMatchObject({ state: 'unknown' })
  })

  test('says that it could not look', async () => {
    server.fail(path, 403, 'Cloud Functions API has not been used in project 1234 before or it is disabled.')
    expect((await look([upload])).map(({ state }) => state)).toEqual(['unknown', 'unknown'])
  })

  test.each([
    [401, '{"error":{"status":"UNAUTHENTICATED","details":{"reason":"unauthenticated"}}}', 'ok'],
    [403, '<html>Your client does not have permission</html>', 'mend'],
    [401, '<html>Unauthorized</html>', 'unknown'],
    [503, 'no instances', 'unknown'],
  ])('a call that answers strangers with %i %s is %s', async (status, body, state) => {
    const serviceConfig = { uri: await reachable(status, body) }
    server.put(path, { functions: [deployed('describeImage', { serviceConfig, eventTrigger: undefined })] })
    expect((await look([call]))[0]).toMatchObject({ state })
  })

  test('triggeringBuckets() names those of every function', async () => {
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

  async function lookAt(exported: ExportedFunction) {
    const checks = queueChecks(server.google(), [upload, exported], 'us-central1')
    expect(checks).toHaveLength(1)
    return (await Promise.all(checks.map(examine))).flat()[0]
  }

  test('wants a queue that runs', async () => {
    expect(await lookAt(queued)).toMatchObject({
      check: 'queue onPhotoQueued',
      state: 'mend',
      found: 'there is none',
    })
    server.put(queuePath, { name: queuePath, state: 'RUNNING' })
    expect(await lookAt(queued)).toMatchObject({ state: 'ok' })
    server.put(queuePath, { name: queuePath, state: 'PAUSED' })
    expect(await lookAt(queued)).toMatchObject({
      state: 'mend',
      command: expect.stringContaining('gcloud tasks queues resume onPhotoQueued'),
    })
    server.breakDown(queuePath)
    expect(await lookAt(queued)).toMatchObject({ state: 'unknown' })
  })

  test('wants a job that is enabled, and whose last run ended well', async () => {
    expect(await lookAt(scheduled)).toMatchObject({ state: 'mend', found: 'there is no job' })
    const job = { name: jobPath, state: 'ENABLED', schedule: 'every 10 minutes' }
    server.put(jobPath, { ...job, status: {} })
    expect(await lookAt(scheduled)).toMatchObject({ state: 'ok', found: 'enabled, every 10 minutes' })
    server.put(jobPath, { ...job, state: 'PAUSED' })
    expect(await lookAt(scheduled)).toMatchObject({ state: 'mend' })
    server.put(jobPath, { ...job, status: { code: 13 } })
    expect(await lookAt(scheduled)).toMatchObject({
      state: 'mend',
      found: expect.stringContaining('code 13'),
    })
  })
})
