/** Who spends: `call` counts towards the calls per minute, `upload` does not. `uid` is null for photos without an owner. */
export type Spender = { uid: string | null; kind: 'call' | 'upload' }

/** 0 means no limit. */
export type QuotaLimits = { callsPerMinute: number; tokensPerDay: number; projectTokensPerDay: number }

/** `day` is the UTC day that the tokens count for, as in `2026-11-22`, also when they are spent after midnight. */
export type Reservation = { id: string; spender: Spender; tokens: number; day: string }

/** What users and the project may spend. */
export interface QuotaStore {
  /**
   * Takes `tokens` out of the allowances of the day before they are spent. A reservation that is never settled runs out by itself
   * for its user; the project keeps counting it, since what it was for may have been paid.
   * @throws VisionError `service-paused`, `calls-exceeded`, `tokens-exceeded`, `project-tokens-exceeded`, with `retryAfterMs`
   */
  reserve(spender: Spender, tokens: number, limits: QuotaLimits, now: Date): Promise<Reservation>
  /** Puts what was really spent in the place of the reservation. Once: settled again, it changes nothing. */
  settle(reservation: Reservation, spentTokens: number, now: Date): Promise<void>
}
