import type { Config } from '../config/config.ts'
import type { Usage } from '../document/usage.ts'
import { asVisionError, type VisionError } from '../errors.ts'
import type { Spender } from '../ports/quota-store.ts'
import type { Services } from '../ports/services.ts'
import { mayHaveBeenPaid } from './perhaps-paid.ts'

/** What a piece of work has paid so far. */
export class Meter {
  tokens = 0
  /** Whether any request was answered. */
  answered = false
  /** Requests that nobody knows the cost of yet. */
  private unanswered = 0

  /** Called before each attempt to ask the model. */
  asking(): void {
    this.unanswered++
  }

  /** What is known, and the estimate for each request that may have been paid besides. */
  tokensAtMost(estimatedTokens: number): number {
    return this.tokens + this.unanswered * estimatedTokens
  }

  add({ totalTokens, calls = 1 }: Pick<Usage, 'totalTokens'> & Partial<Usage>): void {
    this.tokens += totalTokens
    this.answered = true
    this.unanswered = Math.max(0, this.unanswered - calls)
  }

  /** A request that failed costs its estimate if it may have been paid. */
  addFailure(failure: VisionError, estimatedTokens: number): void {
    if (mayHaveBeenPaid(failure)) this.tokens += estimatedTokens
  }
}

/**
 * Runs work that asks the model: its estimate is reserved before, and what it took is settled after, also when it fails. A failure that
 * may have been paid costs the estimate for each request without an answer besides; any other costs what the meter says.
 * @param run tells the meter when it asks, and adds every answer's usage to it, also that of an answer which cannot be used
 * @throws VisionError as `QuotaStore.reserve`, before anything has run; then whatever `run` throws. A result whose cost could not be
 *   written is given nevertheless, and the log says so: until it runs out, the reservation stands in its place.
 */
export async function spend<T>(
  spender: Spender,
  estimatedTokens: number,
  { quota, now }: Pick<Services, 'quota' | 'now'>,
  config: Config,
  run: (meter: Meter) => Promise<T>,
): Promise<T> {
  const reservation = await quota.reserve(spender, estimatedTokens, config, now())
  const meter = new Meter()
  let spent = estimatedTokens
  try {
    const result = await run(meter)
    // An answer that does not say what it took was no gift.
    spent = meter.tokens === 0 && estimatedTokens > 0 && meter.answered ? estimatedTokens : meter.tokens
    return result
  } catch (error) {
    const failure = asVisionError(error)
    spent = failure && mayHaveBeenPaid(failure) ? meter.tokensAtMost(estimatedTokens) : meter.tokens
    throw error
  } finally {
    await quota.settle(reservation, spent, now()).catch((error: unknown) => {
      // What was paid for is not lost with its bookkeeping, and a failure is not hidden by it.
      console.error(`Cannot settle ${spent} tokens of reservation ${reservation.id}`, error)
    })
  }
}
