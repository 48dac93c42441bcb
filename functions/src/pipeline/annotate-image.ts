import type { Config } from '../config/config.ts'
import type { DeletedPhoto, DrawStep, Photo } from '../document/annotation.ts'
import { asVisionError, VisionError } from '../errors.ts'
import type { Services } from '../ports/services.ts'
import { checkAdmission } from './admission.ts'
import { type AnnotationRun, deferRun, finishRun, type Outcome, releaseRun } from './annotation-run.ts'
import { type RemovedCopies, removeModelCopies } from './model-copies.ts'
import { classify, type RunEnd, runEndOf } from './run-outcomes.ts'
import { loadStages } from './stages.ts'
import { type RunTrigger, startRun } from './start-run.ts'
import { waitForBoth } from './wait-for-both.ts'

/**
 * The annotation pipeline: claims a photo, runs its stages and writes the results on its document.
 * `run-outcomes.ts` decides how a failed run ends.
 * @throws VisionError `claimed-elsewhere`, or a transient failure; other errors of the stores as they are
 */
export async function annotateImage(
  photo: Photo,
  services: Services,
  config: Config,
  trigger: RunTrigger = {},
): Promise<Outcome> {
  const starting = startRun(photo, services, config, trigger)
  // Loaded while the photo is claimed. A failure to load is thrown below.
  const loadingStages = loadStages()
  loadingStages.catch(() => undefined)
  const run = await starting
  if ('ended' in run) return run
  try {
    checkAdmission(run, config)
    const { runStages } = await loadingStages
    const { status, error, results } = await waitForBoth(
      runStages(run, services, config, trigger),
      // Without an earlier document there are at most detections, which the deletion event or a sweep removes.
      run.isFirst ? undefined : services.photos.deleteResults(photo, 'older'),
    )
    const draw: DrawStep = { state: results.objects ? 'succeeded' : 'skipped' }
    const steps = { ...run.document.steps, draw }
    return await finishRun(run, { status, error, results: { ...results, steps } }, services)
  } catch (error) {
    return await endFailedRun(error, run, services)
  } finally {
    await run.settled
  }
}

/**
 * Removes the results of a deleted photo and its copies at the model service. A newer upload of the same name
 * keeps its results.
 * @returns the deleted copies; those that could not be deleted are left to a sweep
 */
export async function removeAnnotation(photo: DeletedPhoto, services: Services): Promise<RemovedCopies> {
  // The tombstone first: after it no worker can finish this photo.
  await services.annotations.remove(photo, services.now())
  await services.photos.deleteResults(photo, 'older-and-this')
  return removeModelCopies(photo, services)
}

const CLAIM_LOST: Outcome = { ended: 'skipped', reason: 'claim-lost' }

async function endFailedRun(error: unknown, run: AnnotationRun, services: Services): Promise<Outcome> {
  const { status, lease, rethrow } = runEndOf(classify(error), run.redelivery)
  try {
    const outcome = lease === 'lost' ? CLAIM_LOST : await writeEnd(status, error, run, services)
    if (rethrow) throw error
    return outcome
  } catch (thrown) {
    if (asVisionError(thrown)?.code !== 'claim-lost') throw thrown
    return CLAIM_LOST
  } finally {
    // A worker that took over the same generation stores the same files: then they are in use.
    if (run.document.isAbandoned) {
      await services.photos.deleteResults(run.photo, 'older-and-this')
      await removeModelCopies(run.photo, services)
    }
  }
}

async function writeEnd(
  status: RunEnd['status'],
  error: unknown,
  run: AnnotationRun,
  services: Services,
): Promise<Outcome> {
  const expected = asVisionError(error)
  const failure = expected ?? new VisionError('internal', 'A bug ended the run', { cause: error })
  if (status === 'deferred') return deferRun(run, failure, services)
  if (status === 'deleted') {
    await removeAnnotation(run.photo, services)
    return { ended: 'finished', status, code: failure.code, failure, timingsMs: {} }
  }
  if (status === 'processing' || status === 'unchanged') {
    await releaseRun(run, expected, services)
    return CLAIM_LOST
  }
  return finishRun(run, { status, error: failure }, services)
}
