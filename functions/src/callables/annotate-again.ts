import type { z } from 'zod'
import type { AnnotateImageResult, annotateImageRequest } from '../api/annotate-image.ts'
import type { Config } from '../config/config.ts'
import type { Photo, Status } from '../document/annotation.ts'
import { type ErrorCode, VisionError } from '../errors.ts'
import { annotateImage } from '../pipeline/annotate-image.ts'
import { type Outcome, storedError } from '../pipeline/annotation-run.ts'
import type { Services } from '../ports/services.ts'
import { spend } from '../quota/spend.ts'
import type { Caller } from './caller.ts'
import { ownUpload } from './own-upload.ts'

/** Ends with something to show; all others are told as errors. */
const SHOWN: Status[] = ['succeeded', 'partial']

/**
 * Runs a photo of the caller again, under the protocol of an upload: what has not succeeded, or with `force` all of it. How it goes and
 * how it ends is on the document, also when it ends with an error.
 * @throws VisionError `path-not-allowed`, `object-gone`, `claimed-elsewhere` while another worker is at it, and the error of a photo that
 * ended with nothing to show
 */
export async function annotateAgain(
  { path, force = false }: z.output<typeof annotateImageRequest>,
  { uid }: Caller,
  services: Services,
  config: Config,
): Promise<AnnotateImageResult> {
  const { bucket, photos } = services
  const name = ownUpload(path, uid, { bucket, uploadPath: config.uploadPath })
  // The call counts here, its tokens with the photo's.
  return spend({ uid, kind: 'call' }, 0, services, config, async () => {
    const photo = await photos.findUpload(bucket, name, uid)
    if (!photo) throw new VisionError('object-gone', 'Cannot annotate the photo: there is no such upload')
    const outcome = await annotateImage(photo, services, config, {
      again: force ? 'always' : 'unless-succeeded',
    })
    return resultOf(outcome, photo)
  })
}

function resultOf(outcome: Outcome, { imageId, generation }: Photo): AnnotateImageResult {
  if (outcome.ended === 'skipped') {
    if (outcome.reason === 'duplicate') return { imageId, generation, status: 'succeeded', ran: false }
    const code: ErrorCode = outcome.reason === 'claim-lost' ? 'claim-lost' : 'object-superseded'
    throw new VisionError(code, `Cannot annotate ${imageId}: ${outcome.reason}`)
  }
  const { status, code, retryAfterMs } = outcome
  const failure = code && new VisionError(code, `${imageId} ended ${status}`, { retryAfterMs })
  if (failure && !SHOWN.includes(status)) throw failure
  return { imageId, generation, status, ...(failure && { error: storedError(failure) }), ran: true }
}
