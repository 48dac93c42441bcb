import { DEFERRAL_MS, EVENT_PATIENCE_MS, MODEL_WAIT_SECONDS } from '../config/time-limits.ts'
import type { Annotation, ModelStep, Photo, Status, Steps, StoredError } from '../document/annotation.ts'
import { addUsage, NO_USAGE } from '../document/usage.ts'
import { asVisionError, type ErrorCode, VisionError } from '../errors.ts'
import type { AnnotationChanges, Claim } from '../ports/annotation-store.ts'
import type { Services } from '../ports/services.ts'
import type { BillableAttempts } from '../ports/vision-model.ts'
import type { Meter } from '../quota/spend.ts'
import { AttemptCounts, MAX_BILLABLE_ATTEMPTS, type ModelStepName } from './billable-attempts.ts'
import type { RunTrigger } from './start-run.ts'

/** What a run took, for the log. */
export type RunFigures = { attempts: number; crashes: number; calls: number; tokens: number }

/** How a run ended. `skipped`: it was another's work, or none. */
export type Outcome =
  | ({
      ended: 'finished'
      status: Status
      code?: ErrorCode
      retryAfterMs?: number
      timingsMs: Record<string, number>
    } & Partial<RunFigures>)
  | { ended: 'skipped'; reason: 'duplicate' | 'stale' | 'claim-lost' }

/** How a photo ends on its document. */
export type AnnotationEnd = { status: Status; error?: VisionError | undefined; results?: AnnotationChanges }

/** One worker's claim on one generation of a photo, and everything it writes on the document. */
export class AnnotationRun {
  readonly photo: Photo
  /** What is known of each step: by this worker, or from an earlier delivery. */
  steps: Steps
  /** The photo was replaced or deleted meanwhile, so whatever this worker has stored is nobody's. */
  abandoned = false
  readonly wasDeferred: boolean
  /**
   * Somebody asked for a photo that had ended, so nothing else will bring it again: it ends now, whatever comes. One that had not ended is
   * left as it was found: its event may be on its way, and must not find it ended.
   */
  readonly isAwaited: boolean
  /** No event will bring it again. */
  readonly isLast: boolean
  /** Claims of this generation, with this one. */
  readonly attempts: number
  /** When to stop waiting for the model: its time is up, or the instance is being shut down. */
  readonly deadline: AbortSignal
  private readonly services: Services
  private readonly token: string
  private readonly started: Date
  private readonly before: Pick<Annotation, 'crashes' | 'deferrals'>
  private readonly counts: AttemptCounts
  private readonly timingsMs: Record<string, number> = {}
  private writes: Promise<unknown> = Promise.resolve()

  constructor(
    photo: Photo,
    services: Services,
    token: string,
    started: Date,
    { decision, annotation }: Extract<Claim, { annotation: Annotation }>,
    { again, isLast = false }: RunTrigger,
  ) {
    this.photo = photo
    this.services = services
    this.token = token
    this.started = started
    this.wasDeferred = decision === 'undefer'
    this.isAwaited = again !== undefined && (decision === 'retry' || decision === 'restart')
    this.isLast = isLast
    this.attempts = annotation.attempts
    this.before = annotation
    this.steps = annotation.steps
    this.counts = new AttemptCounts(annotation.steps)
    const timeout = AbortSignal.timeout(MODEL_WAIT_SECONDS * 1000)
    this.deadline = services.shutdown ? AbortSignal.any([timeout, services.shutdown]) : timeout
  }

  /** What is left of the time for the model, by the clock. */
  get modelTimeLeftMs(): number {
    return MODEL_WAIT_SECONDS * 1000 - (this.services.now().getTime() - this.started.getTime())
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

  /** Counts the attempts of a step on the document before they are sent: also one whose worker dies before the answer is known. */
  attemptsOf(step: ModelStepName, meter: Meter, estimatedTokens: number): BillableAttempts {
    return {
      begin: async () => {
        if (this.counts.isExhausted(step)) {
          return new VisionError('gave-up', `Cannot ask again: ${step} had ${MAX_BILLABLE_ATTEMPTS} attempts`)
        }
        if (!this.counts.begin(step)) return undefined
        return this.write(() => this.stepChanges(step, this.steps[step])).catch((error: unknown) => {
          const refusal = asVisionError(error)
          if (!refusal) throw error
          return refusal
        })
      },
      settle: (failure) => {
        this.counts.settle(step, failure?.billing ?? 'billed')
        meter.settle(failure, estimatedTokens)
      },
    }
  }

  /** Writes how a step ended, with the fields that it brings. Tokens of earlier attempts at it stay counted. @throws VisionError `claim-lost` */
  async endStep(name: ModelStepName, end: ModelStep, fields: AnnotationChanges = {}): Promise<void> {
    const earlier = this.steps[name].usage
    const step =
      end.usage && earlier
        ? { ...end, usage: addUsage(earlier, end.usage) }
        : { ...(earlier && { usage: earlier }), ...end }
    this.counts.end(name)
    await this.write(() => this.stepChanges(name, step, fields))
  }

  /** @throws VisionError `claim-lost` */
  async finish({ status, error, results }: AnnotationEnd): Promise<Outcome> {
    const completedAt = this.services.now()
    const timingsMs = this.timingsUntil(completedAt)
    await this.checkpoint({
      ...results,
      status,
      error: error && storedError(error),
      lease: null,
      deferrals: undefined,
      // A newer upload is there, and its event is to come: unless it does not.
      dueAt: status === 'superseded' ? after(completedAt, EVENT_PATIENCE_MS) : undefined,
      completedAt,
      timingsMs,
    })
    return { ended: 'finished', status, ...reasonOf(error), ...this.figures(), timingsMs }
  }

  /**
   * Lays the photo aside until there is quota for it, or the model service is well. Its event is acknowledged, and the attempt does not
   * count: the photo is not to blame. The sweeper brings it again. @throws VisionError `claim-lost`
   */
  async defer(failure: VisionError): Promise<Outcome> {
    const now = this.services.now()
    const deferrals = this.before.deferrals ?? 0
    const pause = Math.min(DEFERRAL_MS.first * 2 ** deferrals, DEFERRAL_MS.longest)
    const nextAttemptAt = after(now, failure.retryAfterMs ?? pause)
    await this.checkpoint({
      status: 'deferred',
      error: storedError(failure),
      nextAttemptAt,
      dueAt: after(now, Math.max(failure.retryAfterMs ?? 0, pause)),
      deferrals: deferrals + 1,
      lease: null,
      attempts: this.attempts - 1,
    })
    const timingsMs = this.timingsUntil(now)
    return { ended: 'finished', status: 'deferred', ...reasonOf(failure), ...this.figures(), timingsMs }
  }

  /** Gives the claim back, so that a redelivery can go on at once. What heals by itself does not count as an attempt. */
  async release(failure: VisionError | undefined): Promise<void> {
    try {
      await this.checkpoint({
        lease: null,
        dueAt: after(this.services.now(), EVENT_PATIENCE_MS),
        ...(failure && { error: storedError(failure), attempts: this.attempts - 1 }),
      })
    } catch (error) {
      if (!(error instanceof VisionError) || error.code !== 'claim-lost') throw error
      // Somebody else has taken over: nothing is left to give back.
    }
  }

  private figures(): RunFigures {
    const { attempts, before, steps } = this
    const usage = addUsage(steps.describe.usage ?? NO_USAGE, steps.locate.usage ?? NO_USAGE)
    return { attempts, crashes: before.crashes, calls: this.counts.total, tokens: usage.totalTokens }
  }

  private timingsUntil(end: Date): Record<string, number> {
    return { ...this.timingsMs, total: end.getTime() - this.started.getTime() }
  }

  /** Made when its turn comes: the other step may have ended meanwhile. Only what is written counts as done. */
  private stepChanges(name: ModelStepName, step: ModelStep, fields: AnnotationChanges = {}): Prepared {
    const paidCalls = this.counts.of(name)
    const steps = { ...this.steps, [name]: { ...step, ...(paidCalls > 0 && { paidCalls }) } }
    return { changes: { ...fields, ...accounts(steps) }, written: () => (this.steps = steps) }
  }

  /** One write at a time: contended transactions on one document are slow, and steps end side by side. */
  private async write(prepare: () => Prepared): Promise<undefined> {
    const turn = this.writes.then(async () => {
      const { annotations, now } = this.services
      const { changes, written } = prepare()
      const outcome = await annotations.update(this.photo, this.token, changes, now())
      if (outcome === 'written') {
        written?.()
        return undefined
      }
      this.abandoned = outcome === 'gone'
      const { imageId, generation } = this.photo
      throw new VisionError(
        'claim-lost',
        `Cannot write ${imageId}: generation ${generation} was taken over or deleted`,
      )
    })
    this.writes = turn.catch(() => undefined)
    return turn
  }
}

type Prepared = { changes: AnnotationChanges; written?: () => void }

function after(time: Date, ms: number): Date {
  return new Date(time.getTime() + ms)
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
