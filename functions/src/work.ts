import type { Outcome } from './annotate-image.ts'
import type { Annotation, Photo, Steps, StoredError } from './annotations/annotation.ts'
import { VisionError } from './errors.ts'
import type { Services } from './services.ts'
import type { AnnotationChanges } from './stores/annotation-store.ts'

/** Longer than the function may run (handlers/limits.ts), so that only the dead lose their lease. */
export const LEASE_SECONDS = 360

/** One worker's claim on one generation of a photo, and everything it writes on the document. */
export type Work = {
  annotation: Annotation
  replaces: string | undefined
  steps: Steps
  /** The photo was replaced or deleted meanwhile, so whatever this worker has stored is nobody's. */
  abandoned: boolean
  timed<T>(step: string, run: () => Promise<T>): Promise<T>
  /** Writes what is known so far: clients watch it. @throws VisionError `claim-lost` */
  checkpoint(changes: AnnotationChanges): Promise<void>
  /** @throws VisionError `claim-lost` */
  finish(end: AnnotationEnd): Promise<Outcome>
  /** Gives the claim back, so that a redelivery can go on at once. */
  release(failure: VisionError | undefined): Promise<void>
}

export type AnnotationEnd = {
  status: Annotation['status']
  error?: VisionError | undefined
  results?: AnnotationChanges
}

/** @throws VisionError `claimed-elsewhere` while another worker's lease is alive: acknowledged, its event would be lost with it */
export async function openWork(
  photo: Photo,
  services: Services,
): Promise<Work | { skipped: 'duplicate' | 'stale' }> {
  const { annotations, now } = services
  const token = services.newToken()
  const started = now()
  const lease = { token, expiresAt: new Date(started.getTime() + LEASE_SECONDS * 1000) }
  const claim = await annotations.claim(photo, lease, started)
  if (claim.decision === 'leased') {
    throw new VisionError(
      'claimed-elsewhere',
      `Cannot annotate ${photo.imageId}: another worker holds generation ${photo.generation}`,
    )
  }
  if (!('annotation' in claim)) return { skipped: claim.decision }

  const timingsMs: Record<string, number> = {}
  // Checkpoints of steps that run side by side wait for each other: contended transactions on one document are slow.
  let writes: Promise<unknown> = Promise.resolve()
  const update = async (changes: AnnotationChanges) => {
    const write = writes.then(async () => {
      const outcome = await annotations.update(photo, token, changes, now())
      if (outcome === 'written') return
      work.abandoned = outcome === 'gone'
      throw new VisionError(
        'claim-lost',
        `Cannot write ${photo.imageId}: generation ${photo.generation} was taken over or deleted`,
      )
    })
    writes = write.catch(() => undefined)
    await write
  }
  const work: Work = {
    annotation: claim.annotation,
    abandoned: false,
    replaces: claim.replaces,
    steps: structuredClone(claim.annotation.steps),
    async timed(step, run) {
      const from = now().getTime()
      try {
        return await run()
      } finally {
        timingsMs[step] = now().getTime() - from
      }
    },
    checkpoint: update,
    async finish({ status, error, results }) {
      const completedAt = now()
      timingsMs.total = completedAt.getTime() - started.getTime()
      await update({
        ...results,
        status,
        error: error && storedError(error),
        lease: null,
        completedAt,
        timingsMs,
      })
      return { ended: 'finished', status, timingsMs }
    },
    async release(failure) {
      try {
        await update({ lease: null, ...(failure && { error: storedError(failure) }) })
      } catch (error) {
        if (!(error instanceof VisionError)) throw error
        // Somebody else has taken over: nothing is left to give back.
      }
    },
  }
  return work
}

export function storedError(failure: VisionError): StoredError {
  return { code: failure.code, message: failure.publicMessage, retryable: failure.retryable }
}
