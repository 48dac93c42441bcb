import type { CallableOptions } from 'firebase-functions/https'
import type { EventHandlerOptions } from 'firebase-functions/options'
import type { ScheduleOptions } from 'firebase-functions/scheduler'
import type { TaskQueueOptions } from 'firebase-functions/tasks'
import { callOrigins } from './cors.ts'
import { GEMINI_API_KEY, maxCallInstances, maxInstances, queueConcurrency, region } from './params.ts'
import {
  CALL_TIMEOUT_SECONDS,
  DELETE_TIMEOUT_SECONDS,
  PHOTO_TIMEOUT_SECONDS,
  QUEUE_RETRIES,
  SWEEP_TIMEOUT_SECONDS,
} from './time-limits.ts'

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
  timeoutSeconds: PHOTO_TIMEOUT_SECONDS,
  secrets: [GEMINI_API_KEY],
}

/** How `onImageDeleted` is deployed: it decodes nothing and asks no model. */
export const DELETE_OPTIONS: EventHandlerOptions = {
  region,
  retry: true,
  memory: '512MiB',
  maxInstances,
  timeoutSeconds: DELETE_TIMEOUT_SECONDS,
}

/** How `onPhotoQueued` is deployed: the way of an upload, at a rate of our own. */
export const QUEUE_OPTIONS: TaskQueueOptions = {
  region,
  memory: '2GiB',
  cpu: 1,
  concurrency: 4,
  maxInstances,
  timeoutSeconds: PHOTO_TIMEOUT_SECONDS,
  retryConfig: QUEUE_RETRIES,
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
  timeoutSeconds: SWEEP_TIMEOUT_SECONDS,
  // The next one comes anyway.
  retryCount: 0,
}

/** How the functions for operators are deployed: a sweep's work while somebody waits for its figures. */
export const OPERATOR_CALL_OPTIONS: CallableOptions = {
  region,
  cors: callOrigins(),
  memory: '512MiB',
  maxInstances: 1,
  timeoutSeconds: SWEEP_TIMEOUT_SECONDS,
}

/** How the functions that clients call are deployed. */
const CALL_OPTIONS = {
  region,
  cors: callOrigins(),
  // Two images are decoded at a time (calls/load-images.ts), up to 250 MB each; requests with 20 MB of images take some 80 MB each.
  memory: '2GiB',
  cpu: 1,
  concurrency: 8,
  maxInstances: maxCallInstances,
  timeoutSeconds: CALL_TIMEOUT_SECONDS,
  secrets: [GEMINI_API_KEY],
  // The SDK would write `: ping` into streams that are silent, which Firebase's SDKs for Apple (11.15) and Android (22.1) take for a broken
  // answer. A client that has left is seen by its closed connection all the same.
  heartbeatSeconds: null,
} satisfies CallableOptions

/** Whether each token of App Check is good for one call only is asked when functions are declared. */
const consumeAppCheckToken = process.env.CONSUME_APP_CHECK_TOKEN === 'true'

export const CHEAP_CALL_OPTIONS: CallableOptions = CALL_OPTIONS
export const EXPENSIVE_CALL_OPTIONS: CallableOptions = { ...CALL_OPTIONS, consumeAppCheckToken }

/** The way of a photo, as for uploads, while a caller waits. */
export const ANNOTATE_CALL_OPTIONS: CallableOptions = {
  ...EXPENSIVE_CALL_OPTIONS,
  concurrency: 4,
  timeoutSeconds: PHOTO_TIMEOUT_SECONDS,
}
