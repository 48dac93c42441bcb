import type { CallableOptions } from 'firebase-functions/https'
import type { EventHandlerOptions } from 'firebase-functions/options'
import type { ScheduleOptions } from 'firebase-functions/scheduler'
import type { TaskQueueOptions } from 'firebase-functions/tasks'
import { GEMINI_API_KEY, maxCallInstances, maxInstances, queueConcurrency, region } from '../params.ts'
import { callOrigins } from './cors.ts'

/** How `onImageUploaded` is deployed, and why. */
export const UPLOAD_OPTIONS: EventHandlerOptions = {
  region,
  // At least once, and again after a failure, for 24 hours: the claim makes repeats harmless.
  retry: true,
  // The largest JPEG allowed takes some 250 MB while it is decoded, a HEIC of 48 megapixels 700 MB.
  memory: '2GiB',
  cpu: 1,
  // Most of the time is spent waiting for the model; more decodes at a time would fight over one CPU and its memory.
  concurrency: 4,
  maxInstances,
  // Well under the lease (open-work.ts), and time enough for a slow model with retries.
  timeoutSeconds: 300,
  secrets: [GEMINI_API_KEY],
}

/** How `onImageDeleted` is deployed: it decodes nothing and asks no model. */
export const DELETE_OPTIONS: EventHandlerOptions = {
  region,
  retry: true,
  memory: '512MiB',
  maxInstances,
  timeoutSeconds: 120,
}

/** How `onPhotoQueued` is deployed: the way of an upload, at a rate of our own. */
export const QUEUE_OPTIONS: TaskQueueOptions = {
  region,
  memory: '2GiB',
  cpu: 1,
  concurrency: 4,
  maxInstances,
  // Under the lease, as for uploads.
  timeoutSeconds: 300,
  // Five tries within a quarter of an hour (60, 120, 240 and 480 s apart): longer than a lease, so that the death of a worker does not use them
  // up. What then still fails is found by the next sweep.
  retryConfig: { maxAttempts: 5, minBackoffSeconds: 60, maxBackoffSeconds: 600, maxDoublings: 4 },
  // A model of the free tier takes ten requests a minute, and a photo makes two: this is the knob for it.
  rateLimits: { maxConcurrentDispatches: queueConcurrency, maxDispatchesPerSecond: 2 },
  secrets: [GEMINI_API_KEY],
}

/** How `onSweep` is deployed: it reads and queues, and runs no photo. */
export const SWEEP_OPTIONS: ScheduleOptions = {
  // A deferred photo waits as long at least; a sweep that finds nothing costs three reads.
  schedule: 'every 10 minutes',
  region,
  memory: '512MiB',
  // One at a time: another meanwhile would find the walk taken.
  maxInstances: 1,
  // Its budget of seven minutes (sweep/sweep.ts) and the page that it is at.
  timeoutSeconds: 540,
  // The next one comes anyway.
  retryCount: 0,
}

/** How the functions for operators are deployed: a sweep's work while somebody waits for its figures. */
export const OPERATOR_CALL_OPTIONS: CallableOptions = {
  region,
  cors: callOrigins(),
  memory: '512MiB',
  maxInstances: 1,
  timeoutSeconds: 540,
}

/** Longest work on a call, in milliseconds; the rest of the function's time is for telling how it ended. */
export const CALL_WORK_MS = 100_000

/** How the functions that clients call are deployed. */
const CALL_OPTIONS = {
  region,
  cors: callOrigins(),
  // Two images are decoded at a time (calls/load-images.ts), up to 250 MB each; requests with 20 MB of images take some 80 MB each.
  memory: '2GiB',
  cpu: 1,
  concurrency: 8,
  maxInstances: maxCallInstances,
  timeoutSeconds: 120,
  secrets: [GEMINI_API_KEY],
  // The SDK would write `: ping` into streams that are silent, which Firebase's SDKs for Apple (11.15) and Android (22.1) take for a broken
  // answer. A client that has left is seen by its closed connection all the same.
  heartbeatSeconds: null,
} satisfies CallableOptions

/** Whether each token of App Check is good for one call only is asked when functions are declared. */
const consumeAppCheckToken = process.env.CONSUME_APP_CHECK_TOKEN === 'true'

export const CHEAP_CALL_OPTIONS: CallableOptions = CALL_OPTIONS
export const EXPENSIVE_CALL_OPTIONS: CallableOptions = { ...CALL_OPTIONS, consumeAppCheckToken }

/** Longest work on a photo that a caller runs again: under the lease, as for uploads. */
export const ANNOTATE_WORK_MS = 280_000

/** The way of a photo, as for uploads, while a caller waits. */
export const ANNOTATE_CALL_OPTIONS: CallableOptions = {
  ...EXPENSIVE_CALL_OPTIONS,
  concurrency: 4,
  timeoutSeconds: 300,
}
