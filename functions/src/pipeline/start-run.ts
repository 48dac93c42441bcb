import type { Config } from '../config/config.ts'
import { limitsOf } from '../config/limits-of.ts'
import { PHOTO_RUN, type RunLimits } from '../config/time-limits.ts'
import type { Photo } from '../document/annotation.ts'
import type { RerunPolicy } from '../document/claim.ts'
import { VisionError } from '../errors.ts'
import { instanceLimits } from '../image/instance-limits.ts'
import type { Claim } from '../ports/annotation-store.ts'
import type { Services } from '../ports/services.ts'
import type { ServiceTier } from '../ports/vision-model.ts'
import { readAdmission } from './admission.ts'
import { type AnnotationRun, finishRun, type Outcome, Timings } from './annotation-run.ts'
import { MAX_ATTEMPTS, MAX_CRASHES } from './attempt-limits.ts'
import { LeasedAnnotation } from './leased-annotation.ts'
import type { Redelivery } from './run-outcomes.ts'

/** What started a run. */
export type RunTrigger = {
  /** Which photos may run again although they have ended, for a caller who asks for it. Events do not. */
  again?: RerunPolicy | undefined
  /** The event will not be redelivered, so a transient failure defers the photo for the sweeper. */
  isLast?: boolean
  /** Time limits of the function that runs the photo. Default: `PHOTO_RUN`. */
  limits?: RunLimits
  /** Of the model requests. Default: the service's, `standard`. */
  serviceTier?: ServiceTier
}

type Claimed = Extract<Claim, { annotation: unknown }>

/**
 * Claims a generation of a photo.
 * @returns the outcome, if there is nothing to do
 * @throws VisionError `claimed-elsewhere` while another worker holds the lease: an acknowledged event would
 *   be lost if that worker dies
 */
export async function startRun(
  photo: Photo,
  services: Services,
  config: Config,
  trigger: RunTrigger,
): Promise<AnnotationRun | Outcome> {
  const { annotations, now, newToken, shutdown } = services
  const { limits = PHOTO_RUN, serviceTier } = trigger
  const token = newToken()
  const started = now()
  const lease = { token, expiresAt: new Date(started.getTime() + limits.leaseSeconds * 1000) }
  const again = trigger.again && { policy: trigger.again, limits: limitsOf(config) }
  const admission = readAdmission(photo, services)
  const claiming = annotations.claim(photo, lease, started, again)
  services.preload?.()
  const claim = await claiming
  if (claim.decision === 'leased') {
    const { imageId, generation } = photo
    const message = `Cannot annotate ${imageId}: another worker holds generation ${generation}`
    throw new VisionError('claimed-elsewhere', message)
  }
  if (!('annotation' in claim)) {
    const { decision: reason, error } = claim
    return { ended: 'skipped', reason, ...(reason === 'rejected' && error && { code: error.code }) }
  }
  const modelWaitMs = limits.modelWaitSeconds * 1000
  const timeout = AbortSignal.timeout(modelWaitMs)
  const run: AnnotationRun = {
    photo,
    document: new LeasedAnnotation(photo, claim.annotation, token, services),
    claimed: claim.annotation,
    isFirst: claim.isFirst,
    admission: await admission,
    redelivery: redeliveryOf(claim, trigger),
    limits,
    instanceLimits: services.limits ?? instanceLimits,
    serviceTier,
    timings: new Timings(started, now),
    settled: Promise.resolve(),
    deadline: shutdown ? AbortSignal.any([timeout, shutdown]) : timeout,
    modelTimeLeftMs: () => modelWaitMs - (now().getTime() - started.getTime()),
  }
  const error = exhausted(claim, photo, trigger)
  return error ? finishRun(run, { status: 'failed', error }, services) : run
}

/**
 * A photo that a caller asks for and that had not ended is left to its event, which may still come. One that
 * was deferred has no event: it was acknowledged then.
 */
function redeliveryOf({ decision }: Claimed, { again, isLast = false }: RunTrigger): Redelivery {
  if (isLast || (again && decision === 'undefer')) return 'none'
  return again && (decision === 'retry' || decision === 'restart') ? 'caller' : 'event'
}

function exhausted(
  { annotation: { attempts, crashes } }: Claimed,
  { imageId }: Photo,
  { again }: RunTrigger,
): VisionError | undefined {
  if (crashes >= MAX_CRASHES)
    return new VisionError(
      'crashed',
      `Cannot annotate ${imageId}: ${crashes} workers died while annotating it`,
    )
  // Callers may try as often as their quota allows.
  if (again || attempts <= MAX_ATTEMPTS) return undefined
  return new VisionError('gave-up', `Cannot annotate ${imageId}: ${MAX_ATTEMPTS} attempts failed`)
}
