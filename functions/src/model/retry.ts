import { setTimeout as sleep } from 'node:timers/promises'
import { asVisionError, VisionError } from '../errors.ts'
import { type BillableAttempts, ModelFailure } from '../ports/vision-model.ts'

export type RetryPolicy = {
  /** Attempts in total, over all kinds of failures. */
  attempts: number
  /** Length of one second of the waits below: 1000, less in tests. */
  firstWaitMs: number
  /**
   * The longest wait worth holding an instance for. If the service asks for more, the next delivery retries.
   */
  maxWaitMs: number
}

export const RETRY_POLICY: RetryPolicy = { attempts: 4, firstWaitMs: 1000, maxWaitMs: 30_000 }

/** Clock and randomness, replaced in tests. */
export type Pacing = {
  /** @throws the signal's reason, or an AbortError, when it is aborted */
  sleep: (ms: number, signal?: AbortSignal) => Promise<unknown>
  /** 0 to 1. */
  random: () => number
}

export const REAL_PACING: Pacing = {
  sleep: async (ms, signal) => sleep(ms, undefined, signal ? { signal } : {}),
  random: Math.random,
}

/**
 * Seconds between attempts, by kind of failure, each varied by half up or down so that instances do not retry
 * in step. An overloaded service needs longer than one with an internal error.
 */
const WAITS_SECONDS = {
  transient: [1, 4],
  overloaded: [2, 8, 20],
  'rate-limited': [2, 4, 8],
  // The service says how long to wait: at most these are added.
  'retry-after': [1, 1],
  // The model has worked on the request, or may have for as long as the time limit. A second attempt may be
  // billed again.
  'answer-lost': [1],
  final: [],
} as const

type RetryKind = keyof typeof WAITS_SECONDS

function retryKind({ code, fault, billing, retryAfterMs }: ModelFailure): RetryKind {
  if (fault === 'rate-limited' && retryAfterMs !== undefined) return 'retry-after'
  const isAnswerLost = billing === 'billed' || code === 'model-timeout'
  return fault === 'transient' && isAnswerLost ? 'answer-lost' : fault
}

/** Paces the attempts of a request: `request-pacer.ts`. */
export type Pace = {
  /** Waits until the next attempt may start. @returns why it must not be sent. @throws when it is aborted */
  turn: () => Promise<ModelFailure | undefined>
  failed: (failure: ModelFailure) => void
}

export type RetryOptions = {
  signal?: AbortSignal | undefined
  pace?: Pace | undefined
  /** Uploads are free: they only report their pauses. */
  attempts?: Partial<BillableAttempts> | undefined
  /** Time left in total. A wait that would exceed it does not start. */
  timeLeftMs?: (() => number) | undefined
  pacing?: Pacing | undefined
}

/** How a request ended that the service has answered, with or without success. */
export type Sent<T> = { value: T } | { failure: ModelFailure }

/**
 * Repeats `request` until it succeeds or no retry is left. The SDK's own retries are off: they ignore
 * RetryInfo, do not repeat after a lost connection or a damaged body, and send attempts that
 * `BillableAttempts` would not count (@google/genai 3.3.0).
 * @param request throws ModelFailure for errors of the service
 * @throws VisionError the signal's reason, `model-timeout` when it is aborted without one, or the refusal of
 *   `attempts`; other errors of `request` as they are
 */
export async function withRetry<T>(
  request: () => Promise<T>,
  policy: RetryPolicy,
  { signal, pace, attempts, timeLeftMs, pacing = REAL_PACING }: RetryOptions = {},
): Promise<Sent<T>> {
  let earlier: Sent<T> | undefined
  // Each kind of failure has its own waits: a wait for one kind does not use up another's.
  const counts = new Map<RetryKind, number>()
  for (let attempt = 1; ; attempt++) {
    // Before the attempt is counted: a request that waits for its turn, or is not sent, was not billed.
    const unsent = pace && (await reportWait(pace.turn, attempts))
    if (unsent) return earlier ?? { failure: unsent }
    const refusal = await attempts?.begin?.()
    if (refusal) throw refusal
    const sent = await settled(request)
    if (!('failure' in sent)) {
      attempts?.settle?.()
      return sent
    }
    const { failure } = sent
    attempts?.settle?.(failure)
    pace?.failed(failure)
    earlier = sent
    const ended = asVisionError(signal?.reason)
    if (ended) throw ended
    const kind = retryKind(failure)
    const count = counts.get(kind) ?? 0
    counts.set(kind, count + 1)
    const seconds = WAITS_SECONDS[kind][count]
    if (seconds === undefined || attempt >= policy.attempts || signal?.aborted) return sent
    const wait = waitOf(failure, seconds * policy.firstWaitMs, pacing.random())
    if (wait > Math.min(policy.maxWaitMs, timeLeftMs?.() ?? policy.maxWaitMs)) return sent
    await reportWait(async () => pause(wait, signal, pacing), attempts)
  }
}

async function reportWait<T>(wait: () => Promise<T>, attempts: RetryOptions['attempts']): Promise<T> {
  const pausedAt = performance.now()
  try {
    return await wait()
  } finally {
    const ms = performance.now() - pausedAt
    if (ms >= 1) attempts?.waited?.(ms)
  }
}

async function settled<T>(request: () => Promise<T>): Promise<Sent<T>> {
  try {
    return { value: await request() }
  } catch (error) {
    if (error instanceof ModelFailure) return { failure: error }
    throw error
  }
}

function waitOf({ retryAfterMs }: VisionError, ms: number, random: number): number {
  // Not before the time that the service gives, and not all instances at that same moment.
  return retryAfterMs === undefined ? ms * (0.5 + random) : retryAfterMs + ms * random
}

/** @throws VisionError the signal's reason if it is one, else `model-timeout` */
export async function pause(
  waitMs: number,
  signal: AbortSignal | undefined,
  { sleep: sleepFor }: Pick<Pacing, 'sleep'> = REAL_PACING,
): Promise<void> {
  try {
    await sleepFor(waitMs, signal)
  } catch (cause) {
    const ended = asVisionError(signal?.reason)
    if (ended) throw ended
    throw new VisionError('model-timeout', 'No time is left for another attempt', { cause })
  }
}
