import type { Config } from '../config.ts'
import { asVisionError, type VisionError } from '../errors.ts'
import type { Usage } from '../gemini/usage.ts'
import type { Services } from '../services.ts'
import type { Spender } from '../stores/quota-store.ts'
import { mayHaveBeenPaid } from './perhaps-paid.ts'

/** What a piece of work has paid so far. */
export class Meter {
  tokens = 0

  add({ totalTokens }: Pick<Usage, 'totalTokens'>): void {
    this.tokens += totalTokens
  }

  /** A request that failed costs its estimate if it may have been paid. */
  addFailure(failure: VisionError, estimatedTokens: number): void {
    if (mayHaveBeenPaid(failure)) this.tokens += estimatedTokens
  }
}

/**
 * Runs work that asks the model: its estimate is reserved before, and what it took is settled after, also when it fails. A failure that
 * may have been paid costs the estimate at least; any other costs what the meter says.
 * @param run adds every answer's usage to the meter, also that of an answer which cannot be used
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
    spent = meter.tokens
    return result
  } catch (error) {
    const failure = asVisionError(error)
    spent = failure && mayHaveBeenPaid(failure) ? Math.max(meter.tokens, estimatedTokens) : meter.tokens
    throw error
  } finally {
    await quota.settle(reservation, spent, now()).catch((error: unknown) => {
      // What was paid for is not lost with its bookkeeping, and a failure is not hidden by it.
      console.error(`Cannot settle ${spent} tokens of reservation ${reservation.id}`, error)
    })
  }
}
