import { LEASE_SECONDS } from '../config/time-limits.ts'
import type { Photo } from '../document/annotation.ts'
import type { RerunPolicy } from '../document/claim.ts'
import { VisionError } from '../errors.ts'
import type { Claim } from '../ports/annotation-store.ts'
import type { Services } from '../ports/services.ts'
import { AnnotationRun, type Outcome } from './annotation-run.ts'

/**
 * Workers that may die over one upload: a picture that kills its worker must not be tried all day, nor with it the photos that share
 * the instance.
 */
export const MAX_CRASHES = 3

/**
 * Deliveries of one upload that may end in an error nobody expected: with the event service's pauses of 10 to 600 s, about an hour. What
 * heals by itself does not count, however long it takes.
 */
export const MAX_ATTEMPTS = 12

/** What brings a photo. */
export type RunTrigger = {
  /** What may be run although it has ended, because somebody asks for it and waits. Events ask for nothing. */
  again?: RerunPolicy | undefined
  /** The event service will not bring it again, so a failure that heals by itself is laid aside for the sweeper. */
  isLast?: boolean
}

/**
 * Claims a generation of a photo.
 * @returns how it ended, if there is nothing to do
 * @throws VisionError `claimed-elsewhere` while another worker's lease is alive: acknowledged, its event would be lost with it
 */
export async function startRun(
  photo: Photo,
  services: Services,
  { again, isLast = false }: RunTrigger,
): Promise<AnnotationRun | Outcome> {
  const token = services.newToken()
  const started = services.now()
  const lease = { token, expiresAt: new Date(started.getTime() + LEASE_SECONDS * 1000) }
  const claim = await services.annotations.claim(photo, lease, started, again)
  if (claim.decision === 'leased') {
    throw new VisionError(
      'claimed-elsewhere',
      `Cannot annotate ${photo.imageId}: another worker holds generation ${photo.generation}`,
    )
  }
  if (!('annotation' in claim)) return { ended: 'skipped', reason: claim.decision }
  const work = new AnnotationRun(photo, services, token, started, claim, { again, isLast })
  const error = givesUp(claim, photo, again)
  return error ? work.finish({ status: 'failed', error }) : work
}

function givesUp(
  { annotation: { attempts, crashes } }: Extract<Claim, { annotation: unknown }>,
  { imageId }: Photo,
  again: RerunPolicy | undefined,
): VisionError | undefined {
  if (crashes >= MAX_CRASHES) {
    return new VisionError('crashed', `Cannot annotate ${imageId}: ${crashes} workers died over it`)
  }
  // Who asks for it and waits may try as often as the quota allows.
  if (again || attempts <= MAX_ATTEMPTS) return undefined
  return new VisionError('gave-up', `Cannot annotate ${imageId}: ${MAX_ATTEMPTS} attempts failed`)
}
