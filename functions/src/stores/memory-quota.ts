import type { QuotaStore, Reservation } from './quota-store.ts'

/** A quota that allows everything and remembers what was reserved and settled, for tests. */
export function unlimitedQuota(): QuotaStore & { settled: { reservation: Reservation; spent: number }[] } {
  const settled: { reservation: Reservation; spent: number }[] = []
  let ids = 0
  return {
    settled,
    async reserve(spender, tokens, _limits, now) {
      return { id: `reservation-${++ids}`, spender, tokens, day: now.toISOString().slice(0, 10) }
    },
    async settle(reservation, spent) {
      settled.push({ reservation, spent })
    },
  }
}
