import { setTimeout as sleep } from 'node:timers/promises'
import { asVisionError, VisionError } from '../errors.ts'
import { asServiceError } from './service-error.ts'

/** How often, and how long apart, a request is repeated. */
export type RetryPolicy = {
  /** Attempts in all. */
  attempts: number
  /** First wait; doubled each time, and varied by half up or down so that instances do not march in step. */
  firstWaitMs: number
  /** Longest wait worth holding an instance for; a service that asks for more is left to the next delivery. */
  maxWaitMs: number
}

export const RETRY_POLICY: RetryPolicy = { attempts: 3, firstWaitMs: 1000, maxWaitMs: 15_000 }

/**
 * Attempts at failures of the service that often heal within seconds; others are not repeated. A request that timed out may have
 * been paid.
 */
const ATTEMPTS: Partial<Record<VisionError['code'], number>> = {
  'model-rate-limited': Number.POSITIVE_INFINITY,
  'model-unavailable': Number.POSITIVE_INFINITY,
  'model-timeout': 2,
}

/**
 * What `error` means for a request under `signal`: the caller's own reason to end it comes before what that made of the request.
 * @returns undefined when it is a bug
 */
export function asModelFailure(error: unknown, signal: AbortSignal | undefined): VisionError | undefined {
  const failure = asServiceError(error)
  return failure && (asVisionError(signal?.reason) ?? failure)
}

/**
 * Runs `request` until it succeeds or waiting is no use. The SDK's own retries are off: they ignore RetryInfo, and do not repeat
 * after a lost connection or a damaged body (@google/genai 3.1.0).
 * @throws VisionError for a failure of the service, or the signal's reason if it is one; anything else as it is
 */
export async function withRetry<T>(
  request: () => Promise<T>,
  policy: RetryPolicy,
  signal?: AbortSignal,
  random: () => number = Math.random,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await request()
    } catch (error) {
      const failure = asModelFailure(error, signal)
      if (!failure) throw error
      const wait = Math.max(
        policy.firstWaitMs * 2 ** (attempt - 1) * (0.5 + random()),
        failure.retryAfterMs ?? 0,
      )
      const attempts = Math.min(policy.attempts, ATTEMPTS[failure.code] ?? 1)
      if (attempt >= attempts || wait > policy.maxWaitMs || signal?.aborted) throw failure
      await pause(wait, signal)
    }
  }
}

/** @throws VisionError the signal's reason if it is one, else `model-timeout` */
export async function pause(waitMs: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(waitMs, undefined, signal ? { signal } : {})
  } catch (cause) {
    const ended = asVisionError(signal?.reason)
    if (ended) throw ended
    throw new VisionError('model-timeout', 'No time is left to ask the model again', { cause })
  }
}
