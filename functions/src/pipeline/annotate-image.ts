import type { Config } from '../config/config.ts'
import type { Annotation, Photo, Status } from '../document/annotation.ts'
import { asVisionError, VisionError } from '../errors.ts'
import { prepareImage } from '../image/prepare.ts'
import { inspectImage, type SourceImage } from '../image/source-image.ts'
import type { Services } from '../ports/services.ts'
import { isOutOfService, isRefusal } from '../quota/refusal.ts'
import { annotateObjects } from './annotate-objects.ts'
import { AnnotationRun, type Outcome } from './annotation-run.ts'
import { askModel } from './model-steps.ts'
import { drawResults, storeResults } from './results.ts'
import { type RunTrigger, startRun } from './start-run.ts'

/**
 * The way of a photo. What cannot be helped by trying again ends on the document; what may heal by itself is thrown, after the
 * claim has been given back, so that the event comes again. What there is no quota for, ours or the model's, is laid aside: `deferred`.
 * Where nothing will bring the photo again, because a caller waits for it or its event is too old, what may heal is written there too.
 * @throws VisionError `claimed-elsewhere`, or a failure of the model service that may heal; other errors of the stores as they are
 */
export async function annotateImage(
  photo: Photo,
  services: Services,
  config: Config,
  occasion: RunTrigger = {},
): Promise<Outcome> {
  const work = await startRun(photo, services, occasion)
  if (!(work instanceof AnnotationRun)) return work
  try {
    await services.photos.deleteResults(photo, 'older')
    const bytes = await work.timed('load', () => services.photos.readUpload(photo, config.maxImageBytes))
    const source = await work.timed('inspect', () => inspectImage(bytes, config))
    const prepared = await work.timed('prepare', () => prepareImage(source, config))
    await work.checkpoint({ image: describeSource(source, prepared.sharpness, config) })
    const answers = await askModel(prepared, work, services, config)
    const located = answers.located && (await annotateObjects(answers.located, source))
    const drawn = await work.timed('draw', () => drawResults(located, source, prepared))
    // A worker that has lost its claim while it drew must not write over its successor's files.
    await work.checkpoint({})
    const results = await work.timed('store', () => storeResults(drawn, work, services))
    const steps = { ...work.steps, draw: { state: 'succeeded' } } as const
    return await work.finish({ status: answers.status, error: answers.error, results: { ...results, steps } })
  } catch (error) {
    return endWork(error, work, services, occasion)
  }
}

/** Removes the results of a photo that was deleted. A newer upload that has taken its name keeps its own. */
export async function removeAnnotation(photo: Photo, services: Services): Promise<void> {
  // The tombstone first: from then on no worker can store anything that stays.
  await services.annotations.remove(photo, services.now())
  await services.photos.deleteResults(photo, 'older-and-this')
}

async function endWork(
  error: unknown,
  work: AnnotationRun,
  services: Services,
  { again }: RunTrigger,
): Promise<Outcome> {
  const failure = asVisionError(error)
  try {
    if (failure?.code === 'claim-lost') return { ended: 'skipped', reason: 'claim-lost' }
    if (failure?.code === 'object-gone') {
      await removeAnnotation(work.photo, services)
      return { ended: 'finished', status: 'deleted', code: failure.code, timingsMs: {} }
    }
    if (failure && (isRefusal(failure) || isOutOfService(failure))) return await work.defer(failure)
    // Its event was acknowledged when it was laid aside, or will not come again: there it stays, for the sweeper.
    if (failure?.retryable && ((again && work.wasDeferred) || work.isLast)) return await work.defer(failure)
    if (failure && !failure.retryable) return await work.finish({ status: statusOf(failure), error: failure })
    if (work.isAwaited) {
      const found = failure ?? new VisionError('internal', 'A bug ended the work', { cause: error })
      const ended = await work.finish({ status: 'failed', error: found })
      if (failure) return ended
    } else await work.release(failure)
    throw error
  } catch (ending) {
    if (asVisionError(ending)?.code !== 'claim-lost') throw ending
    return { ended: 'skipped', reason: 'claim-lost' }
  } finally {
    // A worker that took over this very generation stores the same files: then they are its own.
    if (work.abandoned) await services.photos.deleteResults(work.photo, 'older-and-this')
  }
}

function statusOf(failure: VisionError): Status {
  return failure.code === 'object-superseded' ? 'superseded' : 'rejected'
}

function describeSource(
  source: SourceImage,
  sharpness: number,
  { blurThreshold }: Config,
): NonNullable<Annotation['image']> {
  const { width, height, format, orientation, sha256 } = source
  return { width, height, format, orientation, sharpness, blurred: sharpness < blurThreshold, sha256 }
}
