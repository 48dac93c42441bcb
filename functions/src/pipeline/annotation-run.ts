import { DEFERRAL_MS, EVENT_PATIENCE_MS, LONGEST_DEFERRED_MS, type RunLimits } from '../config/time-limits.ts'
import {
  type Annotation,
  type LiveStatus,
  type Photo,
  type Status,
  storedError,
} from '../document/annotation.ts'
import { asVisionError, type ErrorCode, VisionError } from '../errors.ts'
import type { AnnotationChanges } from '../ports/annotation-store.ts'
import type { InstanceLimits } from '../ports/instance-limits.ts'
import type { Services } from '../ports/services.ts'
import type { ServiceTier } from '../ports/vision-model.ts'
import type { Admission } from './admission.ts'
import { type LeasedAnnotation, usageOf } from './leased-annotation.ts'
import type { Redelivery } from './run-outcomes.ts'

/** One run of the pipeline over one generation of a photo. */
export type AnnotationRun = {
  photo: Photo
  document: LeasedAnnotation
  /** The document as it was claimed. */
  claimed: Pick<Annotation, 'attempts' | 'crashes' | 'deferrals' | 'deferredSince' | 'thumbnail'>
  /** There was no document, so no earlier generation was annotated. */
  isFirst: boolean
  admission: Admission
  redelivery: Redelivery
  limits: RunLimits
  instanceLimits: InstanceLimits
  /** Of the model requests. */
  serviceTier: ServiceTier | undefined
  timings: Timings
  /** Resolves when the used tokens are settled. Never rejects. */
  settled: Promise<void>
  /** Aborted when the time for the model is over, or when the instance is being shut down. */
  deadline: AbortSignal
  modelTimeLeftMs: () => number
}

/** Log fields: what a run used. */
type RunFigures = { attempts: number; crashes: number; calls: number; tokens: number }

/**
 * How a run ended. `skipped`: the photo was done, replaced, deleted, taken over by another worker, or
 * rejected before (`code`) by limits that have not changed. `not-own`: it is no upload of this instance.
 */
export type Outcome =
  | ({
      ended: 'finished'
      status: Status
      code?: ErrorCode
      retryAfterMs?: number
      failure?: VisionError
      timingsMs: Record<string, number>
    } & Partial<RunFigures>)
  | {
      ended: 'skipped'
      reason: 'duplicate' | 'stale' | 'rejected' | 'claim-lost' | 'not-own'
      code?: ErrorCode
    }

/** How long the stages of a run took, in milliseconds. */
export class Timings {
  private readonly ms: Record<string, number> = {}
  private readonly waitsMs: Record<string, number> = {}
  private instanceWaitMs = 0
  private readonly now: () => Date
  private readonly started: Date

  constructor(started: Date, now: () => Date) {
    this.started = started
    this.now = now
  }

  async measure<T>(stage: string, run: () => Promise<T>): Promise<T> {
    const from = this.now().getTime()
    try {
      return await run()
    } finally {
      this.ms[stage] = this.now().getTime() - from
    }
  }

  /** Waits for a part of the instance's memory or CPU, outside of the stages. */
  async measureWait<T>(wait: () => Promise<T>): Promise<T> {
    const from = this.now().getTime()
    try {
      return await wait()
    } finally {
      this.instanceWaitMs += this.now().getTime() - from
    }
  }

  get waitedMs(): number {
    return this.instanceWaitMs
  }

  /** A stage has paused before another attempt at the model. */
  waited(stage: string, ms: number): void {
    this.waitsMs[stage] = (this.waitsMs[stage] ?? 0) + ms
  }

  /**
   * The working time of each stage, and `total`. `wait` is the time that the photo has waited for other photos
   * of the instance. `modelRetryWait` is the time that the model steps have paused: the longest of them, since
   * they run in parallel.
   */
  until(end: Date): Record<string, number> {
    const working = Object.entries(this.ms).map(([stage, ms]) => {
      return [stage, Math.max(0, Math.round(ms - (this.waitsMs[stage] ?? 0)))] as const
    })
    const modelRetryWait = Math.round(Math.max(0, ...Object.values(this.waitsMs)))
    return {
      ...Object.fromEntries(working),
      ...(this.instanceWaitMs > 0 && { wait: this.instanceWaitMs }),
      ...(modelRetryWait > 0 && { modelRetryWait }),
      total: end.getTime() - this.started.getTime(),
    }
  }
}

/** Writes the final status and releases the lease. @throws VisionError `claim-lost` */
export async function finishRun(
  run: AnnotationRun,
  {
    status,
    error,
    results,
  }: { status: LiveStatus; error?: VisionError | undefined; results?: AnnotationChanges },
  { now }: Services,
): Promise<Outcome> {
  const completedAt = now()
  const timingsMs = run.timings.until(completedAt)
  await run.document.end({
    ...results,
    status,
    error: error && storedError(error),
    lease: null,
    deferrals: undefined,
    deferredSince: undefined,
    // The sweeper checks whether the event of the newer upload has arrived.
    dueAt: status === 'superseded' ? after(completedAt, EVENT_PATIENCE_MS) : undefined,
    completedAt,
    timingsMs,
  })
  return outcomeOf(run, status, error, timingsMs)
}

/**
 * Defers the photo until there is quota or the service is available. The sweeper re-queues it, since its
 * event is acknowledged. The attempt does not count. After 30 days of deferrals the photo fails instead. @throws VisionError `claim-lost`
 */
export async function deferRun(
  run: AnnotationRun,
  failure: VisionError,
  services: Services,
): Promise<Outcome> {
  const now = services.now()
  const { deferrals = 0, deferredSince = now, attempts } = run.claimed
  if (now.getTime() - deferredSince.getTime() >= LONGEST_DEFERRED_MS) {
    const message = `Cannot annotate ${run.photo.imageId}: it has been deferred since ${deferredSince.toISOString()}`
    const error = new VisionError('deferral-expired', message, { cause: failure })
    return finishRun(run, { status: 'failed', error }, services)
  }
  const pause = Math.min(DEFERRAL_MS.first * 2 ** deferrals, DEFERRAL_MS.longest)
  const timingsMs = run.timings.until(now)
  await run.document.end({
    status: 'deferred',
    error: storedError(failure),
    nextAttemptAt: after(now, failure.retryAfterMs ?? pause),
    dueAt: after(now, Math.max(failure.retryAfterMs ?? 0, pause)),
    deferrals: deferrals + 1,
    deferredSince,
    lease: null,
    attempts: attempts - 1,
    timingsMs,
  })
  return outcomeOf(run, 'deferred', failure, timingsMs)
}

/**
 * Releases the lease, so that the next delivery can resume at once. Attempts that end with a transient
 * failure do not count.
 */
export async function releaseRun(
  run: AnnotationRun,
  failure: VisionError | undefined,
  services: Services,
): Promise<void> {
  const now = services.now()
  try {
    await run.document.end({
      lease: null,
      dueAt: after(now, EVENT_PATIENCE_MS),
      timingsMs: run.timings.until(now),
      ...(failure && { error: storedError(failure), attempts: run.claimed.attempts - 1 }),
    })
  } catch (error) {
    // Another worker has taken over: there is no lease to release.
    if (asVisionError(error)?.code !== 'claim-lost') throw error
  }
}

function outcomeOf(
  { claimed: { attempts, crashes }, document }: AnnotationRun,
  status: Status,
  error: VisionError | undefined,
  timingsMs: Record<string, number>,
): Outcome {
  return {
    ended: 'finished',
    status,
    ...(error && { code: error.code, failure: error }),
    ...(error?.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }),
    attempts,
    crashes,
    calls: document.billableAttempts,
    tokens: usageOf(document.steps).totalTokens,
    timingsMs,
  }
}

function after(time: Date, ms: number): Date {
  return new Date(time.getTime() + ms)
}
