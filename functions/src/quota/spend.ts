import type { Config } from '../config/config.ts'
import type { Usage } from '../document/usage.ts'
import type { Spender } from '../ports/quota-store.ts'
import type { Services } from '../ports/services.ts'
import type { BillableAttempts, ModelFailure } from '../ports/vision-model.ts'

/**
 * The tokens that an operation has used so far. Counts the attempts of calls; photos count theirs on the
 * document too.
 */
export class Meter implements BillableAttempts {
  private tokens = 0
  private isAnswered = false
  private readonly estimatedTokens: number

  constructor(estimatedTokens = 0) {
    this.estimatedTokens = estimatedTokens
  }

  add({ totalTokens }: Pick<Usage, 'totalTokens'>): void {
    this.tokens += totalTokens
    this.isAnswered = true
  }

  async begin(): Promise<undefined> {}

  /** An attempt that failed costs its estimate unless it was free: no answer reports its usage. */
  settle(failure?: ModelFailure, estimatedTokens: number = this.estimatedTokens): void {
    if (failure && failure.billing !== 'free') this.tokens += estimatedTokens
  }

  /** The tokens to settle. If the answers do not report their usage, the estimate. */
  get spentTokens(): number {
    return this.tokens === 0 && this.isAnswered ? this.estimatedTokens : this.tokens
  }
}

/**
 * Runs an operation that asks the model. Reserves the estimate before, and settles the tokens of the meter
 * after, also when the operation fails.
 * @param run adds the usage of every answer to the meter, also of an answer that cannot be used
 * @throws VisionError as `QuotaStore.reserve`, before anything has run; then whatever `run` throws. If the
 *   settlement cannot be written, the result is returned all the same and the error is logged: the
 *   reservation counts until it expires.
 */
export async function spend<T>(
  spender: Spender,
  estimatedTokens: number,
  { quota, now }: Pick<Services, 'quota' | 'now'>,
  config: Config,
  run: (meter: Meter) => Promise<T>,
): Promise<T> {
  const reservation = await quota.reserve(spender, estimatedTokens, config, now())
  const meter = new Meter(estimatedTokens)
  try {
    return await run(meter)
  } finally {
    const { spentTokens } = meter
    await quota.settle(reservation, spentTokens, now()).catch((error: unknown) => {
      console.error(`Cannot settle ${spentTokens} tokens of reservation ${reservation.id}`, error)
    })
  }
}
