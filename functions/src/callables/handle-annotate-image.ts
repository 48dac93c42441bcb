import type { CallableRequest } from 'firebase-functions/https'
import { type AnnotateImageResult, annotateImageRequest } from '../api/annotate-image.ts'
import { ANNOTATE_WORK_MS } from '../config/time-limits.ts'
import { annotateAgain } from './annotate-again.ts'
import { handleCall } from './call.ts'

/** Goes on when the client goes away: the document tells how it ends. */
export async function handleAnnotateImage(call: CallableRequest<unknown>): Promise<AnnotateImageResult> {
  const options = { name: 'annotateImage', timeoutMs: ANNOTATE_WORK_MS, expensive: true }
  return handleCall(call, annotateImageRequest, options, annotateAgain)
}
