import { type AnnotateImageResult, annotateImageRequest } from '../api/annotate-image.ts'
import { ANNOTATE_WORK_MS } from '../config/time-limits.ts'
import { type Photo, type Status, storedError } from '../document/annotation.ts'
import { type ErrorCode, VisionError } from '../errors.ts'
import { annotateImage as annotatePhoto } from '../pipeline/annotate-image.ts'
import type { Outcome } from '../pipeline/annotation-run.ts'
import { spend } from '../quota/spend.ts'
import { callableHandler } from './callable-frame.ts'
import { ownUpload } from './own-upload.ts'

/** Final statuses with a result. Any other status ends the call with an error. */
const WITH_RESULT: Status[] = ['succeeded', 'partial']

/**
 * Annotates one of the caller's photos again, with the same claim as an upload: the steps that have not
 * succeeded, or with `force` all of them. A rejected photo is not read again unless the limit that rejected
 * it has changed. Called without a response, so that it continues if the client disconnects: the document
 * shows the outcome, also if the call fails.
 * @throws VisionError `path-not-allowed`, `object-gone`, `claimed-elsewhere` while another worker holds the
 * photo, and the error of a photo that ended without a result
 */
export const handleAnnotateImage = callableHandler(
  { name: 'annotateImage', request: annotateImageRequest, timeoutMs: ANNOTATE_WORK_MS, expensive: true },
  async ({ path, force = false }, { uid, account, services, config }): Promise<AnnotateImageResult> => {
    const { bucket, photos } = services
    const name = ownUpload(path, uid, { bucket, selection: config })
    // Counts the call only: the pipeline reserves the tokens of the photo.
    return spend({ uid, account, kind: 'call' }, { least: 0, most: 0 }, services, config, async () => {
      const photo = await photos.findUpload(bucket, name, uid)
      if (!photo) throw new VisionError('object-gone', 'Cannot annotate the photo: the upload does not exist')
      const again = force ? 'always' : 'unless-succeeded'
      return resultOf(await annotatePhoto(photo, services, config, { again }), photo)
    })
  },
)

function resultOf(outcome: Outcome, { imageId, generation }: Photo): AnnotateImageResult {
  if (outcome.ended === 'skipped') {
    if (outcome.reason === 'duplicate') return { imageId, generation, status: 'succeeded', ran: false }
    if (outcome.code) throw new VisionError(outcome.code, `${imageId} was rejected, and would be again`)
    const code: ErrorCode = outcome.reason === 'claim-lost' ? 'claim-lost' : 'object-superseded'
    throw new VisionError(code, `Cannot annotate ${imageId}: ${outcome.reason}`)
  }
  const { status, failure } = outcome
  if (failure && !WITH_RESULT.includes(status)) throw failure
  return { imageId, generation, status, ...(failure && { error: storedError(failure) }), ran: true }
}
