import type { ProjectUse } from './allowance.ts'

/** How much more than the use all instances together may have added to the counter, as a part of the limit. */
const MAX_UNUSED = 0.1
/** An instance adds about as much at once as it has reserved in this time. */
const BLOCK_MS = 2000
/** Above this part of the limit nothing is added in advance, so that no reservation is refused for it. */
const BLOCKS_UNTIL = 0.9

/** Whether a commit was written. `unknown`: it failed, perhaps only its acknowledgement was lost. */
export type CommitOutcome = 'written' | 'not-written' | 'unknown'

/**
 * A change of the project's use. `add` is what must be added to the counter in the same commit as the change,
 * so nothing if both fields are 0. `end` must be called once.
 */
export type Posting = { add: ProjectUse; end: (outcome: CommitOutcome) => void }

type Day = {
  /**
   * Tokens that this instance has added to the counter and that no reservation uses. Negative: a debt. Never
   * tokens of restricted users: their small cap is shared by all instances.
   */
  balance: ProjectUse
  /** Reservations that are being added to the counter. */
  pending: ProjectUse
  isBlockPending: boolean
  /** Postings that have not ended. */
  running: number
  open: Set<string>
  recent: { at: number; tokens: number }[]
  /** The largest balance of this instance. */
  most: number
}

type Reserved = { id: string; day: string }

export type ProjectLedger = {
  /** The use of a day, from the sum of the counter as it was read. */
  useOf: (day: string, counted: ProjectUse) => ProjectUse
  /** @param used the use without this reservation; @param limit tokens of the project's day, 0: no limit */
  reserve: (reserved: Reserved, hold: ProjectUse, used: ProjectUse, limit: number, now: Date) => Posting
  /** @param hold as it was reserved; @param spent what replaces it */
  settle: (reserved: Reserved, hold: ProjectUse, spent: ProjectUse) => Posting
}

/**
 * What one instance has added to the project's counter, so that not every reservation writes it: under load an
 * instance adds the tokens of several reservations at once, and what a settled reservation did not use is
 * left to the next ones, except tokens of restricted users, which each settlement returns. The rest is
 * returned when no reservation is open, so an instance that has no work, or is shut down, leaves the counter
 * exact. After a crash, or a settlement with an unknown outcome, the counter may keep the rest: at most a tenth
 * of the limit divided by `instances` each time. A reservation with an unknown outcome may keep its tokens too.
 * @param instances the most that may run at the same time
 */
export function projectLedger(instances: number): ProjectLedger {
  const days = new Map<string, Day>()
  const dayOf = (name: string): Day => {
    const day = days.get(name) ?? {
      balance: NOTHING,
      pending: NOTHING,
      isBlockPending: false,
      running: 0,
      open: new Set(),
      recent: [],
      most: 0,
    }
    days.set(name, day)
    return day
  }
  const forgetIfDone = (name: string) => {
    const day = days.get(name)
    if (day && day.open.size === 0 && day.running === 0 && isNothing(day.balance)) days.delete(name)
  }

  return {
    useOf(name, counted) {
      const day = days.get(name)
      return day ? plus(minus(counted, day.balance), day.pending) : counted
    },

    reserve({ id, day: name }, hold, used, limit, now) {
      const day = dayOf(name)
      day.most = limit === 0 ? Infinity : (MAX_UNUSED * limit) / instances
      day.recent = day.recent.filter(({ at }) => now.getTime() - at < BLOCK_MS)
      // What the balance covers is taken at once, so that no other reservation takes it too.
      const taken = least(day.balance, hold)
      const missing = minus(hold, taken)
      const block = isNothing(missing) ? 0 : blockOf(day, hold, used, limit)
      day.balance = minus(day.balance, taken)
      day.pending = plus(day.pending, missing)
      day.open.add(id)
      day.running++
      day.recent.push({ at: now.getTime(), tokens: hold.tokens })
      if (block > 0) day.isBlockPending = true
      return {
        add: plus(missing, { tokens: block, restrictedTokens: 0 }),
        end: (outcome) => {
          day.running--
          day.pending = minus(day.pending, missing)
          if (block > 0) day.isBlockPending = false
          // With an unknown outcome the operation does not start, so its reservation needs no tokens.
          if (outcome === 'written') day.balance = plus(day.balance, { tokens: block, restrictedTokens: 0 })
          else {
            day.balance = plus(day.balance, taken)
            day.open.delete(id)
          }
          forgetIfDone(name)
        },
      }
    },

    settle({ id, day: name }, hold, spent) {
      const day = dayOf(name)
      day.open.delete(id)
      day.running++
      // At once, so that the last one of several settlements in a commit returns what all of them left.
      const unused = minus(hold, spent)
      day.balance = plus(day.balance, unused)
      const isTooMuch = Math.max(...Object.values(day.balance).map(Math.abs)) > day.most
      const returned = day.open.size === 0 || isTooMuch ? day.balance : restrictedPart(day.balance)
      day.balance = minus(day.balance, returned)
      return {
        add: minus(NOTHING, returned),
        end: (outcome) => {
          day.running--
          const unchanged = plus(day.balance, minus(returned, unused))
          if (outcome === 'not-written') day.balance = unchanged
          // The lower balance, so that the counter is never below the use.
          if (outcome === 'unknown') day.balance = least(day.balance, unchanged)
          forgetIfDone(name)
        },
      }
    },
  }
}

/** What to add to the counter beyond a reservation: as much as the instance has lately reserved. */
function blockOf(day: Day, hold: ProjectUse, used: ProjectUse, limit: number): number {
  // Restricted users have a small part of the day, which must not be reserved in advance.
  if (hold.restrictedTokens > 0 || day.isBlockPending) return 0
  const recent = day.recent.reduce((sum, { tokens }) => sum + tokens, 0)
  const block = Math.floor(Math.min(recent, day.most))
  const fits = limit === 0 || used.tokens + hold.tokens + block <= BLOCKS_UNTIL * limit
  return fits ? block : 0
}

/** The tokens of restricted users, which `tokens` includes. */
function restrictedPart({ restrictedTokens }: ProjectUse): ProjectUse {
  return { tokens: restrictedTokens, restrictedTokens }
}

export const NOTHING: ProjectUse = { tokens: 0, restrictedTokens: 0 }

export function plus(a: ProjectUse, b: ProjectUse): ProjectUse {
  return { tokens: a.tokens + b.tokens, restrictedTokens: a.restrictedTokens + b.restrictedTokens }
}

export function isNothing({ tokens, restrictedTokens }: ProjectUse): boolean {
  return tokens === 0 && restrictedTokens === 0
}

function minus(a: ProjectUse, b: ProjectUse): ProjectUse {
  return { tokens: a.tokens - b.tokens, restrictedTokens: a.restrictedTokens - b.restrictedTokens }
}

function least(a: ProjectUse, b: ProjectUse): ProjectUse {
  return {
    tokens: Math.min(a.tokens, b.tokens),
    restrictedTokens: Math.min(a.restrictedTokens, b.restrictedTokens),
  }
}
