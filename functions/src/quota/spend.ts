import type { Config } from '../config.ts'
import { asVisionError, type VisionError } from '../errors.ts'
import type { Usage } from '../gemini/usage.ts'
import type { Services } from '../services.ts'
import type { Spender } from '../stores/quota-store.ts'

/** What a piece of work has paid so far. */
export class Meter {
  tokens = 0

  add(usage: Usage): void {
    this.tokens += usage.totalTokens
  }
}

/** Ends of a request that may have been paid although nobody could tell us how much. */
const PERHAPS_PAID = new Set<VisionError['code']>(['model-timeout', 'cancelled'])

/**
 * Runs work that asks the model: its estimate is reserved before, and what it took is settled after, also when it fails.
 * @param run adds every answer's usage to the meter, also that of an answer which cannot be used
 * @throws VisionError as `QuotaStore.reserve`, before anything has run; then whatever `run` throws
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
  let spent = 0
  try {
    const result = await run(meter)
    spent = meter.tokens
    return result
  } catch (error) {
    const code = asVisionError(error)?.code
    spent = code && PERHAPS_PAID.has(code) ? Math.max(meter.tokens, estimatedTokens) : meter.tokens
    throw error
  } finally {
    await quota.settle(reservation, spent, now())
  }
}
