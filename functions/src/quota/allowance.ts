import { LATE_SETTLEMENT_MS, RESERVATION_MS } from '../config/time-limits.ts'
import { asVisionError, VisionError } from '../errors.ts'
import type { QuotaCheck, QuotaLimits, Reservation, Spender, TokenNeed } from '../ports/quota-store.ts'
import { DAY_MS, dayOf, msUntilTomorrow } from './day.ts'

/** A user's usage of the allowances. Times are milliseconds since 1970. */
export type Allowance = {
  /** Times of the calls within the last minute, in order. Stored only if CALLS_PER_MINUTE is set. */
  calls: number[]
  /** By UTC day, today's and yesterday's: a call may end after midnight. */
  days: Record<string, DayUse>
}

export type DayUse = {
  spentTokens: number
  /** Reservations for uploads. Absent: none. */
  uploads?: number
  /** Open reservations by id. */
  open: Record<string, { tokens: number; expiresAt: number }>
}

export const NEW_ALLOWANCE: Allowance = { calls: [], days: {} }

/** Spent and reserved tokens of a day: of all users, and of all restricted users. */
export type ProjectUse = { tokens: number; restrictedTokens: number }

const MINUTE_MS = 60_000
/** About as long as a request takes: then an open reservation is likely to be settled. */
const RESERVED_RETRY_MS = 5000
/** As long as a reservation counts that is never settled. */
const CAP_RETRY_MS = RESERVATION_MS

/**
 * Adds a reservation, with the tokens that are granted in `open`. Returns the same object if it was added
 * before.
 * @throws VisionError as `QuotaStore.reserve`
 */
export function reserve(
  allowance: Allowance,
  { id, spender, least, most, day }: Omit<Reservation, 'tokens'>,
  project: ProjectUse,
  limits: QuotaLimits,
  now: Date,
): Allowance {
  // The write succeeded, its acknowledgement was lost, and the transaction ran again.
  if (allowance.days[day]?.open[id]) return allowance
  const kept = keepRecent(allowance, now)
  const use = kept.days[day] ?? { spentTokens: 0, open: {} }
  const counted = spender.kind === 'call' && limits.callsPerMinute > 0
  if (counted) checkCalls(kept.calls, limits.callsPerMinute, now)
  const uploads = (use.uploads ?? 0) + 1
  const isOwnedUpload = spender.kind === 'upload' && spender.uid !== null
  if (isOwnedUpload && exceeds(uploads, limits.uploadsPerDay)) {
    throw refusal('uploads-exceeded', `${uploads - 1} photos were annotated today`, msUntilTomorrow(now))
  }
  checkProject(spender, least, project, limits, now)
  const granted = grant(spender, { least, most }, use, limits, now)
  const tokens = Math.min(granted, leftOfCap(spender, project, limits))
  const open = {
    ...use.open,
    [id]: { tokens, expiresAt: now.getTime() + (spender.reservationMs ?? RESERVATION_MS) },
  }
  return {
    calls: counted ? [...kept.calls, now.getTime()].toSorted((a, b) => a - b) : kept.calls,
    days: { ...kept.days, [day]: { ...use, open, ...(isOwnedUpload && { uploads }) } },
  }
}

/**
 * The tokens for an operation: the most that it may use, or what is left of the user's day. Holding the most
 * keeps concurrent requests within the limit.
 */
function grant(
  { uid, account }: Spender,
  { least, most }: TokenNeed,
  use: DayUse,
  { tokensPerDay, restrictedTokensPerDay }: QuotaLimits,
  now: Date,
): number {
  const limit = account === 'restricted' ? restrictedTokensPerDay : tokensPerDay
  // Photos without an owner count only towards the project's allowance.
  if (uid === null || limit === 0) return most
  const left = limit - usedTokens(use, now)
  if (least <= left) return Math.min(most, left)
  if (use.spentTokens + least <= limit) {
    const found = `${least} tokens are more than open reservations leave`
    throw refusal('tokens-reserved', found, RESERVED_RETRY_MS)
  }
  throw refusal('tokens-exceeded', `${least} tokens are more than is left of the day`, msUntilTomorrow(now))
}

/** The tokens of a day for all restricted users together. 0: no limit. */
export function restrictedCap({ projectTokensPerDay, restrictedProjectPercent }: QuotaLimits): number {
  // Rounded up: 0 would mean no limit.
  return Math.ceil((projectTokensPerDay * restrictedProjectPercent) / 100)
}

/**
 * What an open reservation counts in the sums of the project. Of a restricted user all that its requests may
 * use: accounts are free, so many of them could otherwise exceed their cap together.
 */
export function projectHold({
  spender,
  least,
  tokens,
}: Pick<Reservation, 'spender' | 'least' | 'tokens'>): number {
  return spender.account === 'restricted' ? tokens : least
}

function leftOfCap({ account }: Spender, { restrictedTokens }: ProjectUse, limits: QuotaLimits): number {
  const cap = restrictedCap(limits)
  return account === 'restricted' && cap > 0 ? cap - restrictedTokens : Infinity
}

function checkProject(
  { account }: Spender,
  least: number,
  { tokens, restrictedTokens }: ProjectUse,
  limits: QuotaLimits,
  now: Date,
): void {
  if (exceeds(tokens + least, limits.projectTokensPerDay)) {
    const found = `${least} tokens are more than is left of the project's day`
    throw refusal('project-tokens-exceeded', found, msUntilTomorrow(now))
  }
  if (account === 'restricted' && exceeds(restrictedTokens + least, restrictedCap(limits))) {
    const found = `${least} tokens are more than is left for all users without a verified identity`
    // Open reservations may be the obstacle: what they do not use is returned.
    const retryAfterMs = Math.min(CAP_RETRY_MS, msUntilTomorrow(now))
    throw refusal('project-tokens-exceeded', found, retryAfterMs)
  }
}

/** The check of `QuotaStore.look`, for the allowances as they were read. */
export function quotaCheck(allowance: Allowance, project: ProjectUse, day: string, now: Date): QuotaCheck {
  return (spender, least, limits) => {
    try {
      reserve(allowance, { id: 'check', spender, least, most: least, day }, project, limits, now)
    } catch (error) {
      if (asVisionError(error)?.code !== 'tokens-reserved') throw error
    }
  }
}

/**
 * Replaces a reservation by `spentTokens`, on its day. Returns the same object if it was settled before, or
 * is an hour late.
 */
export function settle(
  allowance: Allowance,
  { id, day }: Pick<Reservation, 'id' | 'day'>,
  spentTokens: number,
  now: Date,
): Allowance {
  const { calls, days } = keepRecent(allowance, now)
  const use = days[day]
  if (!use?.open[id]) return allowance
  const { [id]: _, ...open } = use.open
  return { calls, days: { ...days, [day]: { ...use, spentTokens: use.spentTokens + spentTokens, open } } }
}

/**
 * What stays of an allowance when the user's data is erased: the usage of today, the calls of the last minute
 * and open reservations. @returns undefined if there is nothing of it
 */
export function forget(allowance: Allowance, now: Date): Allowance | undefined {
  const { calls, days } = keepRecent(allowance, now)
  const today = dayOf(now)
  const kept = Object.entries(days).filter(([day, { open }]) => day === today || Object.keys(open).length > 0)
  return calls.length === 0 && kept.length === 0 ? undefined : { calls, days: Object.fromEntries(kept) }
}

/** Spent tokens, and those of reservations that have not expired. */
export function usedTokens({ spentTokens, open }: DayUse, now: Date): number {
  return Object.values(open)
    .filter(({ expiresAt }) => expiresAt > now.getTime())
    .reduce((sum, { tokens }) => sum + tokens, spentTokens)
}

function checkCalls(calls: number[], callsPerMinute: number, now: Date): void {
  if (calls.length < callsPerMinute) return
  // The time until enough calls are older than a minute.
  const leaves = calls[calls.length - callsPerMinute]! + MINUTE_MS
  throw refusal('calls-exceeded', `${calls.length} calls within a minute`, leaves - now.getTime())
}

function keepRecent({ calls, days }: Allowance, now: Date): Allowance {
  const time = now.getTime()
  const yesterday = dayOf(new Date(time - DAY_MS))
  return {
    // Clocks of instances differ. One that is far ahead must not lock a user out.
    calls: calls.filter((call) => Math.abs(time - call) < MINUTE_MS),
    days: Object.fromEntries(
      Object.entries(days)
        .filter(([day]) => day >= yesterday)
        .map(([day, use]) => [day, { ...use, open: keepOpen(use.open, time) }]),
    ),
  }
}

/** Removes reservations of crashed workers, so that the document does not grow. */
function keepOpen(open: DayUse['open'], time: number): DayUse['open'] {
  return Object.fromEntries(
    Object.entries(open).filter(([, { expiresAt }]) => expiresAt + LATE_SETTLEMENT_MS > time),
  )
}

function exceeds(tokens: number, limit: number): boolean {
  return limit > 0 && tokens > limit
}

function refusal(code: VisionError['code'], found: string, retryAfterMs: number): VisionError {
  return new VisionError(code, `Cannot reserve: ${found}`, { retryAfterMs })
}
