import { onInit } from 'firebase-functions/core'
import { onCall } from 'firebase-functions/https'
import { onSchedule } from 'firebase-functions/scheduler'
import { onObjectDeleted, onObjectFinalized } from 'firebase-functions/storage'
import { onTaskDispatched } from 'firebase-functions/tasks'
import type { AnswerChunk } from './api/answer-question.ts'
import {
  ANNOTATE_CALL_OPTIONS,
  CHEAP_CALL_OPTIONS,
  DELETE_OPTIONS,
  EXPENSIVE_CALL_OPTIONS,
  OPERATOR_CALL_OPTIONS,
  QUEUE_OPTIONS,
  SWEEP_OPTIONS,
  UPLOAD_OPTIONS,
} from './config/function-options.ts'

// An instance can take events once this file has loaded. So it loads only what declares a function: of the SDK the providers used,
// never the whole, and each handler with its first event. See docs/decisions/2026-11-22-deployed-bundle.md.

// A configuration that cannot work is refused with the first event, before it has cost anything.
onInit(async () => {
  const { readConfig } = await import('./config/read-config.ts')
  readConfig()
})

/** Annotates each photo that is uploaded. */
export const onImageUploaded = onObjectFinalized(UPLOAD_OPTIONS, async (event) => {
  const { handleImageUploaded } = await import('./triggers/storage-events.ts')
  await handleImageUploaded(event)
})

/** Removes the results of each photo that is deleted. */
export const onImageDeleted = onObjectDeleted(DELETE_OPTIONS, async (event) => {
  const { handleImageDeleted } = await import('./triggers/storage-events.ts')
  await handleImageDeleted(event)
})

/** Annotates each photo that a sweep or a backfill has queued. */
export const onPhotoQueued = onTaskDispatched<unknown>(QUEUE_OPTIONS, async (task) => {
  const { handlePhotoQueued } = await import('./triggers/photo-queued.ts')
  await handlePhotoQueued(task)
})

/** Brings photos to their end that nothing else brings there. */
export const onSweep = onSchedule(SWEEP_OPTIONS, async () => {
  const { handleSweep } = await import('./triggers/run-sweep.ts')
  await handleSweep()
})

/** Answers a question about images, as a stream where the client takes one. */
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

/** Detects, and segments, what the caller names. */
export const detectObjects = onCall<unknown>(EXPENSIVE_CALL_OPTIONS, async (call, response) => {
  const { handleDetectObjects } = await import('./callables/detect-objects.ts')
  return handleDetectObjects(call, response)
})

/** Describes an image in the caller's language and style, or classifies it. */
export const describeImage = onCall<unknown>(CHEAP_CALL_OPTIONS, async (call, response) => {
  const { handleDescribeImage } = await import('./callables/describe-image.ts')
  return handleDescribeImage(call, response)
})

/** Runs a photo of the caller again. */
export const annotateImage = onCall<unknown>(ANNOTATE_CALL_OPTIONS, async (call) => {
  const { handleAnnotateImage } = await import('./callables/annotate-image.ts')
  return handleAnnotateImage(call)
})

/** For operators: sweeps at once, through all photos. */
export const sweepNow = onCall<unknown>(OPERATOR_CALL_OPTIONS, async (call) => {
  const { handleSweepNow } = await import('./callables/operators.ts')
  return handleSweepNow(call)
})

/** For operators: annotates photos that were there before the functions. */
export const startBackfill = onCall<unknown>(OPERATOR_CALL_OPTIONS, async (call) => {
  const { handleStartBackfill } = await import('./callables/operators.ts')
  return handleStartBackfill(call)
})

/** For operators: stops a backfill. */
export const stopBackfill = onCall<unknown>(OPERATOR_CALL_OPTIONS, async (call) => {
  const { handleStopBackfill } = await import('./callables/operators.ts')
  return handleStopBackfill(call)
})
