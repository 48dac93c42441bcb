import type { QuotaStore, Reservation } from '../../ports/quota-store.ts'
import { type Allowance, NEW_ALLOWANCE, quotaCheck, reserve, settle } from '../../quota/allowance.ts'
import { dayOf } from '../../quota/day.ts'
import { pauseSwitch } from '../../quota/pause-switch.ts'

/** A quota in memory with the rules of the one in Firestore, for tests and local trials. */
export function memoryQuota(): QuotaStore & {
  /** By user. A photo without an owner has an allowance of its own, only for its reservation. */
  allowances: Map<string, Allowance>
  /** Spent and reserved tokens of all users, by day. */
  projectTokens: Map<string, number>
  /** The field `paused` of the kill switch. */
  settings: { paused?: unknown }
} {
  const allowances = new Map<string, Allowance>()
  const projectTokens = new Map<string, number>()
  const settings: { paused?: unknown } = {}
  const checkPause = pauseSwitch(async () => settings.paused)
  const keyOf = ({ id, spender }: Reservation) =>
    spender.uid === null ? `reservation ${id}` : `user ${spender.uid}`
  const addToProject = (day: string, tokens: number) =>
    projectTokens.set(day, (projectTokens.get(day) ?? 0) + tokens)
  let ids = 0
  return {
    allowances,
    projectTokens,
    settings,
    async reserve(spender, tokens, limits, now) {
      await checkPause(now)
      const reservation = { id: `reservation-${++ids}`, spender, tokens, day: dayOf(now) }
      const { day } = reservation
      const key = keyOf(reservation)
      const allowance = allowances.get(key) ?? NEW_ALLOWANCE
      allowances.set(key, reserve(allowance, reservation, projectTokens.get(day) ?? 0, limits, now))
      addToProject(day, tokens)
      return reservation
    },
    async look(uid, now) {
      await checkPause(now)
      const allowance = allowances.get(`user ${uid}`) ?? NEW_ALLOWANCE
      const day = dayOf(now)
      return quotaCheck(allowance, projectTokens.get(day) ?? 0, day, now)
    },
    async settle(reservation, spentTokens, now) {
      const key = keyOf(reservation)
      const allowance = allowances.get(key)
      if (!allowance) return
      const settled = settle(allowance, reservation, spentTokens, now)
      if (settled === allowance) return
      if (reservation.spender.uid === null) allowances.delete(key)
      else allowances.set(key, settled)
      addToProject(reservation.day, spentTokens - reservation.tokens)
    },
  }
}

/** A quota without limits that records what was settled, for tests. */
export function unlimitedQuota(): QuotaStore & { settled: { reservation: Reservation; spent: number }[] } {
  const settled: { reservation: Reservation; spent: number }[] = []
  let ids = 0
  return {
    settled,
    async reserve(spender, tokens, _limits, now) {
      return { id: `reservation-${++ids}`, spender, tokens, day: dayOf(now) }
    },
    async look() {
      return () => undefined
    },
    async settle(reservation, spent) {
      settled.push({ reservation, spent })
    },
  }
}
