import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../config/config.ts'
import type { Usage } from '../document/usage.ts'
import { asVisionError } from '../errors.ts'
import type { Reservation, Spender, TokenNeed } from '../ports/quota-store.ts'
import type { Services } from '../ports/services.ts'
import type { BillableAttempts, ModelFailure } from '../ports/vision-model.ts'

/**
 * The tokens that an operation has used so far. Counts the attempts of calls; photos count theirs on the
 * document too.
 */
export class Meter implements BillableAttempts {
  private tokens = 0
  private decodingTokens = 0
  private isAnswered = false
  private readonly estimatedTokens: number

  constructor(estimatedTokens = 0) {
    this.estimatedTokens = estimatedTokens
  }

  add({ totalTokens }: Pick<Usage, 'totalTokens'>): void {
    this.tokens += totalTokens
    this.isAnswered = true
  }

  /**
   * Charges an image whose decoding starts, even if the operation fails before the model is asked: decoding
   * takes CPU time. The tokens of an answer include the image, so they are not added to these.
   */
  startDecoding(imageTokens: number): void {
    this.decodingTokens += imageTokens
  }

  async begin(): Promise<undefined> {}

  /** An attempt that failed costs its estimate unless it was free: no answer reports its usage. */
  settle(failure?: ModelFailure, estimatedTokens: number = this.estimatedTokens): void {
    if (failure && failure.billing !== 'free') this.tokens += estimatedTokens
  }

  /** The tokens to settle. If the answers do not report their usage, the estimate; never less than the images. */
  get spentTokens(): number {
    const modelTokens = this.tokens === 0 && this.isAnswered ? this.estimatedTokens : this.tokens
    return Math.max(modelTokens, this.decodingTokens)
  }
}

/** How long an operation may wait for open reservations of its user. */
type Wait = { waitMs?: number; signal?: AbortSignal | undefined }

/**
 * Runs an operation that asks the model. Reserves tokens before, and settles those of the meter after, also
 * when the operation fails.
 * @param run adds the usage of every answer to the meter, also of an answer that cannot be used. Its requests
 *   must not use more than `grantedTokens`.
 * @throws VisionError as `QuotaStore.reserve`, before anything has run, also when `signal` ends the wait; then
 *   the errors of `run`. If the settlement cannot be written, the result is returned all the same and the error is
 *   logged: the reservation counts until it expires.
 */
export async function spend<T>(...operation: Parameters<typeof spendAndSettleLater<T>>): Promise<T> {
  const { value, settled } = await spendAndSettleLater(...operation)
  await settled
  return value
}

/**
 * The same for a caller that has more to do: it waits for `settled`, which never rejects, before its function
 * ends.
 */
export async function spendAndSettleLater<T>(
  spender: Spender,
  need: TokenNeed,
  services: Pick<Services, 'quota' | 'now'>,
  config: Config,
  run: (meter: Meter, grantedTokens: number) => Promise<T>,
  wait: Wait = {},
): Promise<{ value: T; settled: Promise<void> }> {
  const { quota, now } = services
  const reservation = await reserveSoon(spender, need, services, config, wait)
  const meter = new Meter(need.least)
  const settle = async () => {
    const { spentTokens } = meter
    await quota.settle(reservation, spentTokens, now()).catch((error: unknown) => {
      console.error(`Cannot settle ${spentTokens} tokens of reservation ${reservation.id}`, error)
    })
  }
  try {
    return { value: await run(meter, reservation.tokens), settled: settle() }
  } catch (error) {
    await settle()
    throw error
  }
}

const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 3000

/** Reserves again for a while if only open reservations of the user stand in the way. */
async function reserveSoon(
  spender: Spender,
  need: TokenNeed,
  { quota, now }: Pick<Services, 'quota' | 'now'>,
  config: Config,
  { waitMs = 0, signal }: Wait,
): Promise<Reservation> {
  const stopAt = performance.now() + waitMs
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      return await quota.reserve(spender, need, config, now())
    } catch (error) {
      // Waiting operations of a user must not all come back at the same time.
      const pause = pauseMs * (0.5 + Math.random())
      const mayWait = performance.now() + pause < stopAt
      if (asVisionError(error)?.code !== 'tokens-reserved' || !mayWait) throw error
      // Rejects only if the signal is aborted.
      await sleep(pause, undefined, { ...(signal && { signal }) }).catch(() => undefined)
      // The deadline of a run has a raw TimeoutError as its reason, which would count as a bug.
      if (signal?.aborted) throw asVisionError(signal.reason) ?? error
    }
  }
}
