import type { QuotaStore, Reservation } from '../../ports/quota-store.ts'
import {
  type Allowance,
  forget,
  NEW_ALLOWANCE,
  projectHold,
  quotaCheck,
  reserve,
  settle,
} from '../../quota/allowance.ts'
import { dayOf } from '../../quota/day.ts'
import { pauseSwitch } from '../../quota/pause-switch.ts'
import { type QuotaLog, useReporter } from '../../quota/report-use.ts'

/** A quota in memory with the rules of the one in Firestore, for tests and local trials. */
export function memoryQuota(log?: QuotaLog): QuotaStore & {
  /** By user. A photo without an owner has an allowance of its own, only for its reservation. */
  allowances: Map<string, Allowance>
  /** Spent and reserved tokens of all users, by day. */
  projectTokens: Map<string, number>
  /** The same of all restricted users. */
  restrictedTokens: Map<string, number>
  /** The field `paused` of the kill switch. */
  settings: { paused?: unknown }
} {
  const allowances = new Map<string, Allowance>()
  const projectTokens = new Map<string, number>()
  const restrictedTokens = new Map<string, number>()
  const settings: { paused?: unknown } = {}
  const checkPause = pauseSwitch(async () => settings.paused)
  const keyOf = ({ id, spender }: Reservation) =>
    spender.uid === null ? `reservation ${id}` : `user ${spender.uid}`
  const addToProject = ({ day, spender }: Reservation, tokens: number) => {
    projectTokens.set(day, (projectTokens.get(day) ?? 0) + tokens)
    if (spender.account === 'restricted') restrictedTokens.set(day, (restrictedTokens.get(day) ?? 0) + tokens)
  }
  const projectUse = (day: string) => ({
    tokens: projectTokens.get(day) ?? 0,
    restrictedTokens: restrictedTokens.get(day) ?? 0,
  })
  const reportUse = useReporter(log)
  let ids = 0
  return {
    allowances,
    projectTokens,
    restrictedTokens,
    settings,
    async reserve(spender, need, limits, now) {
      await checkPause(now)
      const day = dayOf(now)
      const reservation = { id: `reservation-${++ids}`, spender, ...need, tokens: need.least, day }
      const key = keyOf(reservation)
      const allowance = allowances.get(key) ?? NEW_ALLOWANCE
      const reserved = reserve(allowance, reservation, projectUse(day), limits, now)
      allowances.set(key, reserved)
      reportUse(reservation, projectUse(day), limits, allowance === NEW_ALLOWANCE)
      reservation.tokens = reserved.days[day]!.open[reservation.id]!.tokens
      addToProject(reservation, projectHold(reservation))
      return reservation
    },
    async look(uid, now) {
      await checkPause(now)
      const allowance = allowances.get(`user ${uid}`) ?? NEW_ALLOWANCE
      const day = dayOf(now)
      return quotaCheck(allowance, projectUse(day), day, now)
    },
    async settle(reservation, spentTokens, now) {
      const key = keyOf(reservation)
      const allowance = allowances.get(key)
      if (!allowance) return
      const settled = settle(allowance, reservation, spentTokens, now)
      if (settled === allowance) return
      if (reservation.spender.uid === null) allowances.delete(key)
      else allowances.set(key, settled)
      addToProject(reservation, spentTokens - projectHold(reservation))
    },
    async forget(uid, now) {
      const key = `user ${uid}`
      const found = allowances.get(key)
      const kept = found && forget(found, now)
      if (kept) allowances.set(key, kept)
      else allowances.delete(key)
    },
  }
}

/** A quota without limits that records what was settled, for tests. */
export function unlimitedQuota(): QuotaStore & { settled: { reservation: Reservation; spent: number }[] } {
  const settled: { reservation: Reservation; spent: number }[] = []
  let ids = 0
  return {
    settled,
    async reserve(spender, need, _limits, now) {
      return { id: `reservation-${++ids}`, spender, ...need, tokens: need.most, day: dayOf(now) }
    },
    async look() {
      return () => undefined
    },
    async settle(reservation, spent) {
      settled.push({ reservation, spent })
    },
    async forget() {},
  }
}
