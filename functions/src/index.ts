import { createRequire } from 'node:module'
import { onInit } from 'firebase-functions/core'
import type { DocumentOptions } from 'firebase-functions/firestore'
import { onCall } from 'firebase-functions/https'
import { onSchedule } from 'firebase-functions/scheduler'
import { onObjectDeleted, onObjectFinalized } from 'firebase-functions/storage'
import { onTaskDispatched } from 'firebase-functions/tasks'
import type { AnswerChunk } from './api/answer-question.ts'
import { callOrigins } from './config/cors.ts'
import {
  ANNOTATE_CALL_OPTIONS,
  ANNOTATION_OPTIONS,
  BACKFILL_OPTIONS,
  CHEAP_CALL_OPTIONS,
  DELETE_OPTIONS,
  ERASE_OWN_OPTIONS,
  ERASE_USER_OPTIONS,
  EXPENSIVE_CALL_OPTIONS,
  OPERATOR_CALL_OPTIONS,
  QUEUE_OPTIONS,
  SETUP_OPTIONS,
  SWEEP_OPTIONS,
  UPLOAD_OPTIONS,
} from './config/function-options.ts'
import { guardRequests } from './guard/request-guard.ts'

// A cold start waits until this file has loaded. It loads only what declares the functions, with single
// providers of the SDK, and each handler with its first event. See
// docs/decisions/2026-11-22-deployed-bundle.md.

// Refuses hostile bodies before they are parsed. Cloud Run functions and the emulator set FUNCTION_TARGET.
guardRequests({ functionName: process.env.FUNCTION_TARGET, origins: callOrigins() })

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
/** Also loads ES modules, without a wait. */
const load = createRequire(import.meta.url)

// Only when the Firebase CLI discovers the functions.
if (process.env.FUNCTIONS_CONTROL_API === 'true') load(`./discovery.${extension}`)

// Rejects an invalid configuration with the first event, before anything is billed.
onInit(async () => {
  const { readConfig } = await import('./config/read-config.ts')
  const { requireHeicDecoder } = await import('./image/heic-decoder.ts')
  requireHeicDecoder(readConfig())
})

/** Annotates each uploaded photo. */
export const onImageUploaded = onObjectFinalized(UPLOAD_OPTIONS, async (event) => {
  const { handleImageUploaded } = await import('./triggers/storage-events.ts')
  await handleImageUploaded(event)
})

/** Removes the results of each deleted photo. */
export const onImageDeleted = onObjectDeleted(DELETE_OPTIONS, async (event) => {
  const { handleImageDeleted } = await import('./triggers/storage-events.ts')
  await handleImageDeleted(event)
})

/**
 * Copies each annotation to COLLECTION_PATH, in the shape of the extensions that Firesight replaces. Undefined
 * without COLLECTION_PATH.
 */
export const onAnnotationWritten = ANNOTATION_OPTIONS && declareAnnotationWritten(ANNOTATION_OPTIONS)

function declareAnnotationWritten(options: DocumentOptions<'{collection}/{imageId}'>) {
  const file: typeof import('./annotation-function.ts') = load(`./annotation-function.${extension}`)
  return file.declareAnnotationWritten(options)
}

/** Annotates each photo that a sweep queued. */
export const onPhotoQueued = onTaskDispatched<unknown>(QUEUE_OPTIONS, async (task) => {
  const { handlePhotoQueued } = await import('./triggers/photo-queued.ts')
  await handlePhotoQueued(task)
})

/** Annotates each photo that a backfill queued. */
export const onBackfillQueued = onTaskDispatched<unknown>(BACKFILL_OPTIONS, async (task) => {
  const { handleBackfillQueued } = await import('./triggers/photo-queued.ts')
  await handleBackfillQueued(task)
})

/** Requeues photos that are stuck or whose events were lost, and removes orphans. */
export const onSweep = onSchedule(SWEEP_OPTIONS, async () => {
  const { handleSweep } = await import('./triggers/run-sweep.ts')
  await handleSweep()
})

/** Checks the setup after the first deployment, and logs what is missing. */
export const onSetupCheck = onTaskDispatched(SETUP_OPTIONS, async () => {
  const { handleCheckSetup } = await import('./triggers/check-setup.ts')
  await handleCheckSetup()
})

/** Answers a question about images. Streams the answer if the client accepts a stream. */
export const answerQuestion = onCall<unknown, Promise<unknown>, AnswerChunk>(
  EXPENSIVE_CALL_OPTIONS,
  async (call, response) => {
    const { handleAnswerQuestion } = await import('./callables/answer-question.ts')
    return handleAnswerQuestion(call, response)
  },
)

/** Compares several images. */
export const compareImages = onCall<unknown>(EXPENSIVE_CALL_OPTIONS, async (call, response) => {
  const { handleCompareImages } = await import('./callables/compare-images.ts')
  return handleCompareImages(call, response)
})

/** Detects the requested objects, and segments them on request. */
export const detectObjects = onCall<unknown>(EXPENSIVE_CALL_OPTIONS, async (call, response) => {
  const { handleDetectObjects } = await import('./callables/detect-objects.ts')
  return handleDetectObjects(call, response)
})

/** Describes an image in the caller's language and style, or classifies it. */
export const describeImage = onCall<unknown>(CHEAP_CALL_OPTIONS, async (call, response) => {
  const { handleDescribeImage } = await import('./callables/describe-image.ts')
  return handleDescribeImage(call, response)
})

/** Annotates one of the caller's photos again. */
export const annotateImage = onCall<unknown>(ANNOTATE_CALL_OPTIONS, async (call) => {
  const { handleAnnotateImage } = await import('./callables/annotate-image.ts')
  return handleAnnotateImage(call)
})

/** For operators: sweeps at once and scans all photos. */
export const sweepNow = onCall<unknown>(OPERATOR_CALL_OPTIONS, async (call) => {
  const { handleSweepNow } = await import('./callables/operators.ts')
  return handleSweepNow(call)
})

/** For operators: annotates photos that were uploaded before the functions were deployed. */
export const startBackfill = onCall<unknown>(OPERATOR_CALL_OPTIONS, async (call) => {
  const { handleStartBackfill } = await import('./callables/operators.ts')
  return handleStartBackfill(call)
})

/** For operators: stops a backfill. */
export const stopBackfill = onCall<unknown>(OPERATOR_CALL_OPTIONS, async (call) => {
  const { handleStopBackfill } = await import('./callables/operators.ts')
  return handleStopBackfill(call)
})

/** Deletes all data of the caller. */
export const deleteMyData = onCall<unknown>(ERASE_OWN_OPTIONS, async (call) => {
  const { handleDeleteMyData } = await import('./callables/erasure.ts')
  return handleDeleteMyData(call)
})

/** For operators: deletes all data of a user. */
export const deleteUserData = onCall<unknown>(ERASE_USER_OPTIONS, async (call) => {
  const { handleDeleteUserData } = await import('./callables/erasure.ts')
  return handleDeleteUserData(call)
})
