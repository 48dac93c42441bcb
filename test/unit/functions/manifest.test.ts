import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { BODY_LIMITS } from '../../../functions/src/config/body-limits.ts'

const BUCKET = 'demo-firesight.appspot.com'
const CALLS = ['annotateImage', 'answerQuestion', 'compareImages', 'describeImage', 'detectObjects']

type Manifest = {
  endpoints: Record<string, Record<string, unknown>>
  params: { name: string; type: string; default?: unknown; description?: string }[]
}

describe('the deployed functions', () => {
  it('have the designed retries, limits and secrets', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'manifest-'))
    const root = new URL('../../../', import.meta.url).pathname
    try {
      // The Firebase CLI runs this to discover the functions.
      await promisify(execFile)(process.execPath, [
        join(root, 'node_modules/.bin/tsc'),
        '-p',
        join(root, 'functions/tsconfig.build.json'),
      ])
      await promisify(execFile)(process.execPath, [join(root, 'node_modules/.bin/firebase-functions'), '.'], {
        cwd: join(root, 'functions'),
        env: {
          ...process.env,
          FUNCTIONS_CONTROL_API: 'true',
          FUNCTIONS_MANIFEST_OUTPUT_PATH: join(folder, 'manifest.json'),
          GCLOUD_PROJECT: 'demo-firesight',
          FIREBASE_CONFIG: JSON.stringify({ projectId: 'demo-firesight', storageBucket: BUCKET }),
        },
      })
      const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as Manifest
      const callables = Object.keys(manifest.endpoints).filter(
        (name) => manifest.endpoints[name]!.callableTrigger !== undefined,
      )
      expect([...BODY_LIMITS.keys()].toSorted()).toEqual(callables.toSorted())
      expect(Object.keys(manifest.endpoints).toSorted()).toEqual([
        ...CALLS.slice(0, 3),
        'deleteMyData',
        'deleteUserData',
        ...CALLS.slice(3),
        'onBackfillQueued',
        'onImageDeleted',
        'onImageUploaded',
        'onPhotoQueued',
        'onSweep',
        'startBackfill',
        'stopBackfill',
        'sweepNow',
      ])
      for (const name of ['deleteMyData', 'deleteUserData'])
        expect(manifest.endpoints[name]).toMatchObject({
          callableTrigger: {},
          maxInstances: name === 'deleteMyData' ? 3 : 1,
          secretEnvironmentVariables: [{ key: 'GEMINI_API_KEY' }],
        })
      for (const name of ['startBackfill', 'stopBackfill', 'sweepNow'])
        expect(manifest.endpoints[name]).toMatchObject({ callableTrigger: {}, maxInstances: 1 })
      expect(manifest.endpoints.onPhotoQueued).toMatchObject({
        // Under the lease of 360 s.
        timeoutSeconds: 300,
        concurrency: 4,
        secretEnvironmentVariables: [{ key: 'GEMINI_API_KEY' }],
        taskQueueTrigger: {
          retryConfig: { maxAttempts: 5, minBackoffSeconds: 60 },
          rateLimits: {
            maxConcurrentDispatches: '{{ params.QUEUE_CONCURRENCY }}',
            maxDispatchesPerSecond: 2,
          },
        },
      })
      expect(manifest.endpoints.onBackfillQueued).toMatchObject({
        timeoutSeconds: 1800,
        concurrency: 16,
        secretEnvironmentVariables: [{ key: 'GEMINI_API_KEY' }],
        taskQueueTrigger: {
          retryConfig: { maxAttempts: 5, minBackoffSeconds: 150 },
          rateLimits: { maxConcurrentDispatches: '{{ params.BACKFILL_CONCURRENCY }}' },
        },
      })
      expect(manifest.endpoints.onSweep).toMatchObject({
        maxInstances: 1,
        timeoutSeconds: 540,
        scheduleTrigger: { schedule: 'every 10 minutes', retryConfig: { retryCount: 0 } },
      })
      for (const name of CALLS) {
        expect(manifest.endpoints[name]).toMatchObject({
          callableTrigger: {},
          maxInstances: '{{ params.MAX_CALL_INSTANCES }}',
          secretEnvironmentVariables: [{ key: 'GEMINI_API_KEY' }],
        })
      }
      expect(manifest.endpoints.onImageUploaded).toMatchObject({
        platform: 'gcfv2',
        availableMemoryMb: 2048,
        timeoutSeconds: 300,
        concurrency: 4,
        maxInstances: '{{ params.MAX_INSTANCES }}',
        secretEnvironmentVariables: [{ key: 'GEMINI_API_KEY' }],
        eventTrigger: {
          eventType: 'google.cloud.storage.object.v1.finalized',
          retry: true,
          eventFilters: { bucket: BUCKET },
        },
      })
      expect(manifest.endpoints.onImageDeleted).toMatchObject({
        secretEnvironmentVariables: [{ key: 'GEMINI_API_KEY' }],
      })
      for (const { name, default: value, description, type } of manifest.params) {
        expect(type === 'secret' || description, `${name} needs a description`).toBeTruthy()
        expect(type === 'secret' || value !== undefined, `${name} needs a default`).toBe(true)
      }
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
