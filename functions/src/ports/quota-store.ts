import type { AccountClass } from './accounts.ts'

/**
 * `call` counts towards the calls per minute, `upload` does not. `uid` is null for photos without an owner.
 */
export type Spender = {
  uid: string | null
  kind: 'call' | 'upload'
  /** Photos without an owner are `verified`: only operators can store them. */
  account: AccountClass
  /**
   * How long a reservation counts that is not settled. Longer than its function runs. Default: 10 minutes.
   */
  reservationMs?: number
}

/** 0 means no limit. */
export type QuotaLimits = {
  callsPerMinute: number
  /** Of a verified user. */
  tokensPerDay: number
  projectTokensPerDay: number
  /** Of a restricted user. */
  restrictedTokensPerDay: number
  /** How much of `projectTokensPerDay` all restricted users may use together. */
  restrictedProjectPercent: number
  /** Photos that are annotated for a user. */
  uploadsPerDay: number
}

/**
 * Tokens that an operation needs. `least`: a typical use, without which it does not start. `most`: what its
 * requests may use at most.
 */
export type TokenNeed = { least: number; most: number }

/**
 * Checks whether an operation that needs `least` tokens would be granted. Open reservations of the same user
 * are no obstacle, since they end soon. @throws VisionError as `QuotaStore.reserve`, except `tokens-reserved`
 */
export type QuotaCheck = (spender: Spender, least: number, limits: QuotaLimits) => void

/**
 * `day` is the UTC day of the reservation, as in `2026-11-22`. Tokens count for it, even if they are spent
 * after midnight.
 */
export type Reservation = TokenNeed & {
  id: string
  spender: Spender
  /** Granted: from `least` to `most`. */
  tokens: number
  day: string
}

/** The allowances of users and of the project. */
export interface QuotaStore {
  /**
   * Reserves tokens of the day's allowances before they are spent: for the user as many as the operation may
   * use, or what is left of the day; for the project `least`. A reservation that is never settled expires for
   * its user. The project keeps counting it, since it may have been billed.
   * @throws VisionError with `retryAfterMs`: `service-paused`, `calls-exceeded`, `uploads-exceeded`,
   *   `tokens-exceeded`, `project-tokens-exceeded`, and `tokens-reserved` if only open reservations of the user
   *   stand in the way
   */
  reserve(spender: Spender, need: TokenNeed, limits: QuotaLimits, now: Date): Promise<Reservation>
  /**
   * Reads the allowances of a user without reserving anything.
   * @returns a check that reads nothing more, so that the class of the user can be found at the same time
   * @throws VisionError `service-paused`
   */
  look(uid: string | null, now: Date): Promise<QuotaCheck>
  /** Replaces the reservation by the tokens that were spent. Settling it again has no effect. */
  settle(reservation: Reservation, spentTokens: number, now: Date): Promise<void>
  /**
   * Removes what is stored about a user, except the usage of today and the calls of the last minute: otherwise
   * an erasure would reset the limits.
   */
  forget(uid: string, now: Date): Promise<void>
}
