import type { Config } from '../config/config.ts'
import { asVisionError } from '../errors.ts'
import type { Services } from '../ports/services.ts'
import type { AnnotationRun } from './annotation-run.ts'
import { loadPhoto } from './load-photo.ts'
import { askModel, type Draw, type ModelResults } from './model-steps.ts'
import { makeResults } from './results.ts'
import type { RunTrigger } from './start-run.ts'
import { storeThumbnail } from './store-thumbnail.ts'
import { waitForBoth } from './wait-for-both.ts'

/**
 * The stages from the upload to the stored results. What does not depend on each other runs in parallel: the
 * copy is made while tokens are reserved, and the results of *locate* are drawn and stored as soon as it has
 * answered.
 */
export async function runStages(
  run: AnnotationRun,
  services: Services,
  config: Config,
  trigger: RunTrigger,
): Promise<ModelResults> {
  const { facts, size, copying, release } = await loadPhoto(run, services, config)
  const draw: Draw = async (located) => makeResults(located, facts, copying, run, services)
  try {
    return await waitForBoth(
      askModel({ copying, size, draw }, run, services, config),
      copying.then(async (copy) => storeThumbnail(copy, run, services, trigger.again === 'always')),
    )
  } catch (error) {
    // An image that cannot be decoded is rejected, whatever its tokens.
    await copying.catch((failure: unknown) => {
      const isInterrupted = asVisionError(failure)?.code === 'interrupted'
      if (!isInterrupted || !asVisionError(error)) throw failure
    })
    throw error
  } finally {
    release()
  }
}
