import { annotateObjects } from './annotations/annotate-objects.ts'
import type { Photo, Status } from './annotations/annotation.ts'
import type { Config } from './config.ts'
import { asVisionError, VisionError } from './errors.ts'
import { prepareImage } from './image/prepare.ts'
import { inspectImage } from './image/source-image.ts'
import { askModel } from './model-steps.ts'
import { drawResults, storeResults } from './results.ts'
import type { Services } from './services.ts'
import { resultPaths } from './upload-path.ts'
import { openWork, type Work } from './work.ts'

/** How a run ended. `skipped`: it was another's work, or none. */
export type Outcome =
  | { ended: 'finished'; status: Status; timingsMs: Record<string, number> }
  | { ended: 'skipped'; reason: 'duplicate' | 'stale' | 'claim-lost' }

/**
 * The way of a photo. What cannot be helped by trying again ends on the document; what may heal by itself is thrown, after the
 * claim has been given back, so that the event comes again.
 * @throws VisionError `claimed-elsewhere`, or a failure of the model service that may heal
 */
export async function annotateImage(photo: Photo, services: Services, config: Config): Promise<Outcome> {
  const work = await openWork(photo, services)
  if ('skipped' in work) return { ended: 'skipped', reason: work.skipped }
  try {
    if (work.replaces) await deleteResults(photo, work.replaces, services)
    const bytes = await work.timed('load', () => services.photos.read(photo, config.maxImageBytes))
    const source = await work.timed('inspect', () => inspectImage(bytes, config))
    const prepared = await work.timed('prepare', () => prepareImage(source, config))
    await work.checkpoint({ image: describeSource(source, prepared.sharpness, config) })
    const answers = await askModel(prepared, work, services, config)
    const located = answers.located && (await annotateObjects(answers.located, source))
    const drawn = await work.timed('draw', () => drawResults(located, source, prepared))
    const results = await work.timed('store', () => storeResults(drawn, photo, services))
    work.steps.draw = { state: 'succeeded' }
    return await work.finish({
      status: answers.status,
      error: answers.error,
      results: { ...results, steps: work.steps },
    })
  } catch (error) {
    return endWork(error, work, photo, services)
  }
}

/** Removes the results of a photo that was deleted, unless a newer upload has taken its name. */
export async function removeAnnotation(photo: Photo, services: Services): Promise<void> {
  const annotated = await services.annotations.remove(photo, services.now())
  const generations = new Set([photo.generation, annotated ?? photo.generation])
  for (const generation of generations) await deleteResults(photo, generation, services)
}

async function deleteResults(photo: Photo, generation: string, { photos }: Services): Promise<void> {
  await photos.deleteFolder(photo, resultPaths({ ...photo, generation }).folder)
}

async function endWork(error: unknown, work: Work, photo: Photo, services: Services): Promise<Outcome> {
  const failure = asVisionError(error)
  if (failure?.code === 'claim-lost') {
    // A worker that took over this very generation stores the same files: they are its own now.
    if (work.abandoned) await deleteResults(photo, photo.generation, services)
    return { ended: 'skipped', reason: 'claim-lost' }
  }
  if (!failure || failure.retryable) {
    await work.release(failure)
    throw error
  }
  return work.finish({ status: statusOf(failure), error: failure })
}

function statusOf(failure: VisionError): Status {
  if (failure.code === 'object-gone') return 'deleted'
  if (failure.code === 'object-superseded') return 'superseded'
  return 'rejected'
}

function describeSource(
  source: Awaited<ReturnType<typeof inspectImage>>,
  sharpness: number,
  { blurThreshold }: Config,
) {
  const { width, height, format, orientation, sha256 } = source
  return { width, height, format, orientation, sharpness, blurred: sharpness < blurThreshold, sha256 }
}
