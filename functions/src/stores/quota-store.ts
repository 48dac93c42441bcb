/** Who spends: `call` counts towards the calls per minute, `upload` does not. `uid` is null for photos without an owner. */
export type Spender = { uid: string | null; kind: 'call' | 'upload' }

/** 0 means no limit. */
export type QuotaLimits = { callsPerMinute: number; tokensPerDay: number; projectTokensPerDay: number }

export type Reservation = { id: string; spender: Spender; tokens: number; day: string }

/** What users and the project may spend. */
export interface QuotaStore {
  /**
   * Takes `tokens` out of the allowances of the day before they are spent. A reservation that is never settled runs out by itself.
   * @throws VisionError `service-paused`, `calls-exceeded`, `tokens-exceeded`, `project-tokens-exceeded`, with `retryAfterMs`
   */
  reserve(spender: Spender, tokens: number, limits: QuotaLimits, now: Date): Promise<Reservation>
  /** Puts what was really spent in the place of the reservation. */
  settle(reservation: Reservation, spentTokens: number, now: Date): Promise<void>
}
