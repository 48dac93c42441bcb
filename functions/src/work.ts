import type { Annotation, ModelStep, Photo, Status, Steps, StoredError } from './annotations/annotation.ts'
import type { Again } from './annotations/claim.ts'
import { type ErrorCode, VisionError } from './errors.ts'
import { addUsage, NO_USAGE } from './gemini/usage.ts'
import type { Services } from './services.ts'
import type { AnnotationChanges, Claim } from './stores/annotation-store.ts'

/** Longer than the function may run (handlers/limits.ts), so that only the dead lose their lease. */
export const LEASE_SECONDS = 360

/** How long the model may be waited for in all. What is left of the function's 300 s is for drawing, storing and giving back. */
const MODEL_SECONDS = 240

/**
 * Deliveries of one upload, those included whose worker died: with the event service's pauses of 10 to 600 s, about an hour. After
 * that the photo is `failed`: a fault that lasts, or a picture that kills its worker, must not be paid for all day.
 */
export const MAX_ATTEMPTS = 12

/** How a run ended. `skipped`: it was another's work, or none. */
export type Outcome =
  | {
      ended: 'finished'
      status: Status
      code?: ErrorCode
      retryAfterMs?: number
      timingsMs: Record<string, number>
    }
  | { ended: 'skipped'; reason: 'duplicate' | 'stale' | 'claim-lost' }

/** How a photo ends on its document. */
export type AnnotationEnd = { status: Status; error?: VisionError | undefined; results?: AnnotationChanges }

/**
 * Claims a generation of a photo.
 * @param again what may be run although it has ended, because somebody asks for it and waits
 * @returns how it ended, if there is nothing to do
 * @throws VisionError `claimed-elsewhere` while another worker's lease is alive: acknowledged, its event would be lost with it
 */
export async function openWork(photo: Photo, services: Services, again?: Again): Promise<Work | Outcome> {
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
  const work = new Work(photo, services, token, started, claim, again !== undefined)
  // Who asks for it and waits may try as often as the quota allows.
  if (again || claim.annotation.attempts <= MAX_ATTEMPTS) return work
  const error = new VisionError(
    'gave-up',
    `Cannot annotate ${photo.imageId}: ${MAX_ATTEMPTS} attempts failed`,
  )
  return work.finish({ status: 'failed', error })
}

/** One worker's claim on one generation of a photo, and everything it writes on the document. */
export class Work {
  readonly photo: Photo
  /** What is known of each step: by this worker, or from an earlier delivery. */
  steps: Steps
  /** The photo was replaced or deleted meanwhile, so whatever this worker has stored is nobody's. */
  abandoned = false
  /** Nobody has worked on this generation before. */
  readonly isFirst: boolean
  readonly wasDeferred: boolean
  /**
   * Somebody asked for a photo that had ended, so nothing else will bring it again: it ends now, whatever comes. One that had not ended is
   * left as it was found: its event may be on its way, and must not find it ended.
   */
  readonly isAwaited: boolean
  /** When to stop waiting for the model. */
  readonly deadline: AbortSignal = AbortSignal.timeout(MODEL_SECONDS * 1000)
  private readonly services: Services
  private readonly token: string
  private readonly started: Date
  /** Claims of this generation, with this one. */
  private readonly attempts: number
  private readonly timingsMs: Record<string, number> = {}
  private writes: Promise<unknown> = Promise.resolve()

  constructor(
    photo: Photo,
    services: Services,
    token: string,
    started: Date,
    { decision, annotation }: Extract<Claim, { annotation: Annotation }>,
    isAwaited: boolean,
  ) {
    this.photo = photo
    this.services = services
    this.token = token
    this.started = started
    this.isFirst = decision === 'start'
    this.wasDeferred = decision === 'undefer'
    this.isAwaited = isAwaited && (decision === 'retry' || decision === 'restart')
    this.attempts = annotation.attempts
    this.steps = annotation.steps
  }

  async timed<T>(step: string, run: () => Promise<T>): Promise<T> {
    const from = this.services.now().getTime()
    try {
      return await run()
    } finally {
      this.timingsMs[step] = this.services.now().getTime() - from
    }
  }

  /** Writes what is known so far: clients watch it. @throws VisionError `claim-lost` */
  async checkpoint(changes: AnnotationChanges): Promise<void> {
    await this.write(() => ({ changes }))
  }

  /** Writes how a step ended, with the fields that it brings. Tokens of earlier attempts at it stay counted. @throws VisionError `claim-lost` */
  async endStep(name: 'describe' | 'locate', end: ModelStep, fields: AnnotationChanges = {}): Promise<void> {
    const earlier = this.steps[name].usage
    const step =
      end.usage && earlier
        ? { ...end, usage: addUsage(earlier, end.usage) }
        : { ...(earlier && { usage: earlier }), ...end }
    await this.write(() => {
      // Made when its turn comes: the other step may have ended meanwhile. Only what is written counts as done.
      const steps = { ...this.steps, [name]: step }
      return { changes: { ...fields, ...accounts(steps) }, written: () => (this.steps = steps) }
    })
  }

  /** @throws VisionError `claim-lost` */
  async finish({ status, error, results }: AnnotationEnd): Promise<Outcome> {
    const completedAt = this.services.now()
    const timingsMs = { ...this.timingsMs, total: completedAt.getTime() - this.started.getTime() }
    await this.checkpoint({
      ...results,
      status,
      error: error && storedError(error),
      lease: null,
      completedAt,
      timingsMs,
    })
    return { ended: 'finished', status, ...reasonOf(error), timingsMs }
  }

  /**
   * Lays the photo aside until there is quota for it. Its event is acknowledged, and the attempt does not count: the photo is not to
   * blame. @throws VisionError `claim-lost`
   */
  async defer(failure: VisionError): Promise<Outcome> {
    const now = this.services.now().getTime()
    await this.checkpoint({
      status: 'deferred',
      error: storedError(failure),
      nextAttemptAt: new Date(now + (failure.retryAfterMs ?? 0)),
      lease: null,
      attempts: this.attempts - 1,
    })
    const timingsMs = { ...this.timingsMs, total: now - this.started.getTime() }
    return { ended: 'finished', status: 'deferred', ...reasonOf(failure), timingsMs }
  }

  /** Gives the claim back, so that a redelivery can go on at once. */
  async release(failure: VisionError | undefined): Promise<void> {
    try {
      await this.checkpoint({ lease: null, ...(failure && { error: storedError(failure) }) })
    } catch (error) {
      if (!(error instanceof VisionError)) throw error
      // Somebody else has taken over: nothing is left to give back.
    }
  }

  /** One write at a time: contended transactions on one document are slow, and steps end side by side. */
  private async write(prepare: () => { changes: AnnotationChanges; written?: () => void }): Promise<void> {
    const turn = this.writes.then(async () => {
      const { annotations, now } = this.services
      const { changes, written } = prepare()
      const outcome = await annotations.update(this.photo, this.token, changes, now())
      if (outcome === 'written') return written?.()
      this.abandoned = outcome === 'gone'
      const { imageId, generation } = this.photo
      throw new VisionError(
        'claim-lost',
        `Cannot write ${imageId}: generation ${generation} was taken over or deleted`,
      )
    })
    this.writes = turn.catch(() => undefined)
    await turn
  }
}

function reasonOf(
  failure: VisionError | undefined,
): Pick<Extract<Outcome, { status: Status }>, 'code' | 'retryAfterMs'> {
  if (!failure) return {}
  const { code, retryAfterMs } = failure
  return { code, ...(retryAfterMs !== undefined && { retryAfterMs }) }
}

export function storedError(failure: VisionError): StoredError {
  return { code: failure.code, message: failure.publicMessage, retryable: failure.retryable }
}

/** Who answered and what it took, over both steps. */
function accounts(steps: Steps): AnnotationChanges {
  const { model, promptVersion } = steps.describe.model ? steps.describe : steps.locate
  const usage = addUsage(steps.describe.usage ?? NO_USAGE, steps.locate.usage ?? NO_USAGE)
  return { steps, usage, ...(model && { model: { ...model, promptVersion: promptVersion ?? '' } }) }
}
