import { asVisionError, VisionError } from '../errors.ts'
import {
  type FailureFacts,
  ModelFailure,
  type ModelRequest,
  type ServiceTier,
} from '../ports/vision-model.ts'
import type { Pace } from './retry.ts'
import { FLEX_TIME_MS } from './service-tier.ts'

/**
 * A minute with a margin: the write that counts an attempt is between its turn and the request, and takes
 * more time for some requests than for others.
 */
const MINUTE_MS = 61_000
/**
 * From this rate on, two requests may start together, so that a single photo does not wait between its two
 * steps. Below it, the second request would cost too much of the rate.
 */
const LEAST_RATE_FOR_TWO = 10
/** Instances that wait for the same moment do not all start at it. */
const SPREAD_MS = 1000

const NOT_SENT: FailureFacts = { fault: 'rate-limited', billing: 'free', scope: 'request' }

/** Time and randomness, replaced in tests. */
export type PacerClock = {
  /** Milliseconds, never going back. */
  now: () => number
  /** @returns cancels the timer */
  after: (ms: number, run: () => void) => () => void
  /** 0 to 1. */
  random: () => number
}

export const REAL_CLOCK: PacerClock = {
  now: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
  random: Math.random,
}

export type TurnOptions = {
  /** A request that would start later is refused at once. Milliseconds. */
  maxWaitMs: number
  /** Before the requests for which no caller waits. */
  isAwaited?: boolean | undefined
  signal?: AbortSignal | undefined
}

type Waiting = {
  isAwaited: boolean
  latestStart: number
  start: () => void
  end: (reason: ModelFailure) => void
}

/**
 * Spaces the requests of one instance to one model evenly. At most `requestsPerMinute` of them start in any minute.
 * A 429 with a time to wait delays all requests.
 */
export class RequestPacer {
  private readonly intervalMs: number
  private readonly burst: number
  private readonly clock: PacerClock
  private waiting: Waiting[] = []
  /** When the next request would start if all requests were evenly spaced. */
  private nextEven = Number.NEGATIVE_INFINITY
  private pausedUntil = Number.NEGATIVE_INFINITY
  private stopTimer: (() => void) | undefined

  constructor(requestsPerMinute: number, clock: PacerClock = REAL_CLOCK) {
    this.burst = requestsPerMinute >= LEAST_RATE_FOR_TWO ? 2 : 1
    // A minute that begins with a burst has one interval more than requests.
    this.intervalMs = MINUTE_MS / (requestsPerMinute - this.burst + 1)
    this.clock = clock
  }

  /**
   * Waits until a request may start.
   * @returns the failure of a request that cannot start in time, or that fails because another one has shown
   *   that the model serves none. It was not sent.
   * @throws VisionError the signal's reason if it is one, else `model-timeout`
   */
  async turn({ maxWaitMs, isAwaited = false, signal }: TurnOptions): Promise<ModelFailure | undefined> {
    if (signal?.aborted) throw endOfWait(signal)
    const turn = Promise.withResolvers<ModelFailure | undefined>()
    const entry: Waiting = {
      isAwaited,
      latestStart: this.clock.now() + maxWaitMs,
      start: () => turn.resolve(undefined),
      end: (reason) => turn.resolve(reason),
    }
    const leave = () => {
      this.waiting = this.waiting.filter((other) => other !== entry)
      turn.reject(endOfWait(signal!))
      this.startDue()
    }
    signal?.addEventListener('abort', leave)
    try {
      const firstOther = isAwaited ? this.waiting.findIndex((other) => !other.isAwaited) : -1
      this.waiting.splice(firstOther === -1 ? this.waiting.length : firstOther, 0, entry)
      this.startDue()
      return await turn.promise
    } finally {
      signal?.removeEventListener('abort', leave)
    }
  }

  /**
   * Learns from a failed request: waiting requests start after the time that the service asks for, or fail
   * without being sent if the same failure would end all of them.
   */
  failed(failure: ModelFailure): void {
    const { fault, scope, retryAfterMs } = failure
    if (fault === 'rate-limited' && retryAfterMs !== undefined) {
      const until = this.clock.now() + retryAfterMs + SPREAD_MS * this.clock.random()
      this.pausedUntil = Math.max(this.pausedUntil, until)
    } else if (fault === 'final' && scope !== 'request') {
      const { waiting } = this
      this.waiting = []
      for (const entry of waiting) entry.end(unsent(failure))
    }
    this.startDue()
  }

  /** Starts the requests whose time has come, and refuses those that would start too late. */
  private startDue(): void {
    this.stopTimer?.()
    this.stopTimer = undefined
    const now = this.clock.now()
    let { nextEven } = this
    let first: number | undefined
    this.waiting = this.waiting.filter((entry) => {
      const start = Math.max(now, this.pausedUntil, nextEven - (this.burst - 1) * this.intervalMs)
      if (start > entry.latestStart) {
        entry.end(tooLate(start - now))
        return false
      }
      nextEven = Math.max(nextEven, start) + this.intervalMs
      if (start > now) {
        first ??= start
        return true
      }
      this.nextEven = nextEven
      entry.start()
      return false
    })
    if (first !== undefined) this.stopTimer = this.clock.after(Math.ceil(first - now), () => this.startDue())
  }
}

/** One pacer for each model, by its name. @param requestsPerMinute of each model; 0: no pacers */
export function requestPacers(
  requestsPerMinute: number,
  clock?: PacerClock,
): (model: string) => RequestPacer | undefined {
  const pacers = new Map<string, RequestPacer>()
  return (model) => {
    if (requestsPerMinute === 0) return undefined
    const pacer = pacers.get(model) ?? new RequestPacer(requestsPerMinute, clock)
    pacers.set(model, pacer)
    return pacer
  }
}

/**
 * The pace of one request. It starts only if there is time for its answer: an answer that comes after the
 * deadline is billed and lost. A request at the tier `flex` starts only if it leaves the time that the standard
 * tier needs after it. Its failures delay no other request: the service refuses `flex` when it is busy.
 * @param timeoutMs of one attempt
 */
export function paceOf(
  pacer: RequestPacer | undefined,
  { maxWaitMs, timeLeftMs }: ModelRequest,
  timeoutMs: number,
  signal: AbortSignal | undefined,
  tier: ServiceTier = 'standard',
): Pace | undefined {
  if (!pacer) return undefined
  const isFlex = tier === 'flex'
  const longestWaitMs = () => {
    const leftMs = timeLeftMs?.() ?? Number.POSITIVE_INFINITY
    const timeForTurnMs = isFlex ? leftMs - FLEX_TIME_MS : Math.max(leftMs - timeoutMs, leftMs / 2)
    return Math.min(maxWaitMs ?? Number.POSITIVE_INFINITY, timeForTurnMs)
  }
  return {
    turn: async () => pacer.turn({ maxWaitMs: longestWaitMs(), isAwaited: maxWaitMs !== undefined, signal }),
    failed: (failure) => {
      if (!isFlex) pacer.failed(failure)
    },
  }
}

function endOfWait({ reason }: AbortSignal): VisionError {
  return (
    asVisionError(reason) ??
    new VisionError('model-timeout', 'The time was over before the request could start', { cause: reason })
  )
}

function tooLate(waitMs: number): ModelFailure {
  const retryAfterMs = Math.ceil(waitMs)
  const message = `Cannot start the request: MODEL_REQUESTS_PER_MINUTE allows it only in ${retryAfterMs} ms`
  return new ModelFailure('model-rate-limited', message, NOT_SENT, { retryAfterMs })
}

function unsent(cause: ModelFailure): ModelFailure {
  const { code, message, fault, scope, serviceMessage, retryAfterMs } = cause
  const facts = { fault, scope, serviceMessage, billing: 'free' } as const
  return new ModelFailure(code, `The request was not sent: ${message}`, facts, { cause, retryAfterMs })
}
