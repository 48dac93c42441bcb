import type { DocumentOptions } from 'firebase-functions/firestore'
import type { CallableOptions } from 'firebase-functions/https'
import type { ScheduleOptions } from 'firebase-functions/scheduler'
import type { StorageOptions } from 'firebase-functions/storage'
import type { TaskQueueOptions } from 'firebase-functions/tasks'
import { callOrigins } from './cors.ts'
import { region, SECRETS, uploadBucket } from './params.ts'
import { PHOTO_FUNCTION } from './photo-function.ts'
import { declaredNumber, declaredText } from './setting.ts'
import { settings } from './settings.ts'
import {
  BACKFILL_QUEUE_RETRIES,
  BACKFILL_TIMEOUT_SECONDS,
  CALL_TIMEOUT_SECONDS,
  DELETE_TIMEOUT_SECONDS,
  PHOTO_TIMEOUT_SECONDS,
  QUEUE_DISPATCHES_PER_SECOND,
  QUEUE_RETRIES,
  SWEEP_TIMEOUT_SECONDS,
} from './time-limits.ts'

/** Without a region, the global option applies. */
const inRegion = region ? { region } : {}
const maxInstances = declaredNumber(settings.maxInstances)
const maxCallInstances = declaredNumber(settings.maxCallInstances)
const queueConcurrency = declaredNumber(settings.queueConcurrency)
const backfillConcurrency = declaredNumber(settings.backfillConcurrency)

// Deployment options of all functions. They are not in the files of the functions, because index.ts needs
// them on every cold start and must load nothing else.

/** Options of `onImageUploaded`. */
export const UPLOAD_OPTIONS: StorageOptions = {
  bucket: uploadBucket,
  ...inRegion,
  ...PHOTO_FUNCTION,
  maxInstances,
  secrets: SECRETS,
}

/** Options of `onImageDeleted`, which decodes no image. It deletes files of the model service. */
export const DELETE_OPTIONS: StorageOptions = {
  bucket: uploadBucket,
  ...inRegion,
  retry: true,
  memory: '512MiB',
  maxInstances,
  timeoutSeconds: DELETE_TIMEOUT_SECONDS,
  secrets: SECRETS,
}

/** Options of `onAnnotationWritten`. Undefined: it is not deployed. */
export const ANNOTATION_OPTIONS: DocumentOptions<'{collection}/{imageId}'> | undefined = process.env
  .COLLECTION_PATH
  ? {
      ...inRegion,
      document: `${declaredText(settings.imagesCollection)}/{imageId}` as '{collection}/{imageId}',
      database: declaredText(settings.firestoreDatabase),
      retry: true,
      memory: '512MiB',
      maxInstances,
      timeoutSeconds: DELETE_TIMEOUT_SECONDS,
    }
  : undefined

/** Options of `onPhotoQueued`, the queue of sweeps: the same pipeline as for an upload, at a limited rate. */
export const QUEUE_OPTIONS: TaskQueueOptions = {
  ...inRegion,
  memory: '2GiB',
  cpu: 1,
  concurrency: PHOTO_FUNCTION.concurrency,
  maxInstances,
  timeoutSeconds: PHOTO_TIMEOUT_SECONDS,
  retryConfig: QUEUE_RETRIES,
  // Two photos a second are 240 model requests a minute.
  rateLimits: {
    maxConcurrentDispatches: queueConcurrency,
    maxDispatchesPerSecond: QUEUE_DISPATCHES_PER_SECOND,
  },
  secrets: SECRETS,
}

/**
 * Options of `onBackfillQueued`: the same pipeline with longer time limits, since its model requests may take
 * 15 minutes. Tasks of sweeps keep the short limits, because a dead worker holds a photo for a whole lease.
 */
export const BACKFILL_OPTIONS: TaskQueueOptions & { concurrency: number } = {
  ...QUEUE_OPTIONS,
  // At the tier flex a photo mostly waits. Fewer photos in an instance would cost more than the tier saves:
  // docs/decisions/2026-11-30-flex-for-backfills.md.
  concurrency: PHOTO_FUNCTION.concurrency,
  timeoutSeconds: BACKFILL_TIMEOUT_SECONDS,
  retryConfig: BACKFILL_QUEUE_RETRIES,
  rateLimits: {
    maxConcurrentDispatches: backfillConcurrency,
    maxDispatchesPerSecond: QUEUE_DISPATCHES_PER_SECOND,
  },
}

/** Options of `onSweep`, which annotates no photo. It deletes files of the model service. */
export const SWEEP_OPTIONS: ScheduleOptions = {
  // The shortest deferral takes as long. A sweep that finds nothing costs 25 reads.
  schedule: 'every 10 minutes',
  ...inRegion,
  memory: '512MiB',
  // A concurrent sweep could not scan: the scan has a lease.
  maxInstances: 1,
  timeoutSeconds: SWEEP_TIMEOUT_SECONDS,
  // The next scheduled sweep replaces a retry.
  retryCount: 0,
  secrets: SECRETS,
}

/** Options of `onSetupCheck`. */
export const SETUP_OPTIONS: TaskQueueOptions = {
  ...inRegion,
  memory: '512MiB',
  maxInstances: 1,
  timeoutSeconds: CALL_TIMEOUT_SECONDS,
  // The roles of a new service account take up to seven minutes to become effective.
  // https://docs.cloud.google.com/iam/docs/access-change-propagation, 2026-11
  retryConfig: { maxAttempts: 4, minBackoffSeconds: 120 },
  secrets: SECRETS,
}

/** Options of the functions for operators, which run as long as a sweep. */
export const OPERATOR_CALL_OPTIONS: CallableOptions = {
  ...inRegion,
  cors: callOrigins(),
  memory: '512MiB',
  maxInstances: 1,
  timeoutSeconds: SWEEP_TIMEOUT_SECONDS,
  secrets: SECRETS,
}

/** Options of `deleteUserData`, which deletes files of the Gemini API too. */
export const ERASE_USER_OPTIONS: CallableOptions = {
  ...OPERATOR_CALL_OPTIONS,
  secrets: SECRETS,
}

/** Options of `deleteMyData`. Few users delete their data at the same time; a sweep continues large ones. */
export const ERASE_OWN_OPTIONS: CallableOptions = {
  ...inRegion,
  cors: callOrigins(),
  memory: '512MiB',
  cpu: 1,
  // One erasure deletes 16 objects at a time.
  concurrency: 4,
  maxInstances: 3,
  timeoutSeconds: CALL_TIMEOUT_SECONDS,
  secrets: SECRETS,
}

/** Options of the functions that clients call. */
const CALL_OPTIONS = {
  ...inRegion,
  cors: callOrigins(),
  // Two images are decoded at a time (image/instance-limits.ts), with up to 250 MB each. A request with 20 MB
  // of images takes about 80 MB. A call holds at most MAX_CALL_BYTES of encoded images (100 MB) until they are
  // decoded.
  memory: '2GiB',
  cpu: 1,
  concurrency: 8,
  maxInstances: maxCallInstances,
  timeoutSeconds: CALL_TIMEOUT_SECONDS,
  secrets: SECRETS,
  // The SDK would write `: ping` into silent streams, which Firebase's SDKs for Apple (11.15) and Android
  // (22.1) read as a broken answer. A disconnected client is detected by its closed connection anyway.
  heartbeatSeconds: null,
} satisfies CallableOptions

/** Read when functions are declared, like all options. */
const consumeAppCheckToken = process.env.CONSUME_APP_CHECK_TOKEN === 'true'

export const CHEAP_CALL_OPTIONS: CallableOptions = CALL_OPTIONS
export const EXPENSIVE_CALL_OPTIONS: CallableOptions = { ...CALL_OPTIONS, consumeAppCheckToken }

/** Options of `annotateImage`, which runs the pipeline of an upload. */
export const ANNOTATE_CALL_OPTIONS: CallableOptions = {
  ...EXPENSIVE_CALL_OPTIONS,
  concurrency: 4,
  timeoutSeconds: PHOTO_TIMEOUT_SECONDS,
}
