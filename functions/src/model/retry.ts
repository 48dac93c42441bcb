import { setTimeout as sleep } from 'node:timers/promises'
import { asVisionError, VisionError } from '../errors.ts'
import { asServiceError, type ServiceFault, serviceFault } from './gemini/service-error.ts'

/** How often, and how long apart, requests are repeated. */
export type RetryPolicy = {
  /** Attempts in all, whatever fails. */
  attempts: number
  /** What a second of the waits below takes. 1000 but in tests. */
  firstWaitMs: number
  /** Longest wait worth holding an instance for; a service that asks for more is left to the next delivery. */
  maxWaitMs: number
}

export const RETRY_POLICY: RetryPolicy = { attempts: 4, firstWaitMs: 1000, maxWaitMs: 30_000 }

/** Time and chance, for tests on a clock of their own. */
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
 * Seconds between the attempts, by what failed; varied by half up or down, so that instances do not march in step. An overloaded service
 * needs longer than one that stumbled. What may have been paid is repeated once. Anything else is not repeated.
 */
const WAITS_SECONDS: Record<ServiceFault, readonly number[]> = {
  stumbled: [1, 4],
  overloaded: [2, 8, 20],
  'rate-limited': [2, 4, 8],
  // RetryInfo says how long: these are added at most.
  'told-to-wait': [1, 1],
  'perhaps-paid': [1],
  final: [],
}

/**
 * What `error` means for a request under `signal`: the caller's own reason to end it comes before what that made of the request.
 * @returns undefined when it is a bug
 */
export function asModelFailure(error: unknown, signal: AbortSignal | undefined): VisionError | undefined {
  const failure = asServiceError(error)
  return failure && (asVisionError(signal?.reason) ?? failure)
}

export type RetryOptions = {
  signal?: AbortSignal | undefined
  /** Called before each attempt, with the failure of the one before. What it throws ends the request as it is. */
  onAttempt?: ((previous?: VisionError) => void | Promise<void>) | undefined
  /** How much time is left in all. A wait that would outlast it is not begun. */
  timeLeftMs?: (() => number) | undefined
  pacing?: Pacing | undefined
}

/**
 * Runs `request` until it succeeds or waiting is no use. The SDK's own retries are off: they ignore RetryInfo, and do not repeat
 * after a lost connection or a damaged body (@google/genai 3.1.0).
 * @throws VisionError for a failure of the service, or the signal's reason if it is one; anything else as it is
 */
export async function withRetry<T>(
  request: () => Promise<T>,
  policy: RetryPolicy,
  { signal, onAttempt, timeLeftMs, pacing = REAL_PACING }: RetryOptions = {},
): Promise<T> {
  let previous: VisionError | undefined
  // Each kind of failure has its own patience: what was waited for one does not count for another.
  const met = new Map<ServiceFault, number>()
  for (let attempt = 1; ; attempt++) {
    await onAttempt?.(previous)
    try {
      return await request()
    } catch (error) {
      const failure = asModelFailure(error, signal)
      if (!failure) throw error
      const fault = serviceFault(failure)
      const times = met.get(fault) ?? 0
      met.set(fault, times + 1)
      const seconds = WAITS_SECONDS[fault][times]
      if (seconds === undefined || attempt >= policy.attempts || signal?.aborted) throw failure
      const wait = waitOf(failure, seconds * policy.firstWaitMs, pacing.random())
      if (wait > Math.min(policy.maxWaitMs, timeLeftMs?.() ?? policy.maxWaitMs)) throw failure
      previous = failure
      await pause(wait, signal, pacing)
    }
  }
}

function waitOf({ retryAfterMs }: VisionError, ms: number, random: number): number {
  // Not before the time that the service names, and not all at the same moment after it.
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
    throw new VisionError('model-timeout', 'No time is left to ask the model again', { cause })
  }
}
