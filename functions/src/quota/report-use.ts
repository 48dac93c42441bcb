import type { AccountClass } from '../ports/accounts.ts'
import type { QuotaLimits, Reservation } from '../ports/quota-store.ts'
import { type ProjectUse, restrictedCap } from './allowance.ts'

/** Events that an operator should see. `percent`: of the limit that is named, on the UTC day `day`. */
export type QuotaEvent =
  | {
      event: 'allowance-used'
      of: 'project' | 'restricted-users'
      day: string
      percent: number
      limit: number
    }
  /** A user without a reservation today or yesterday. */
  | { event: 'new-user'; account: AccountClass; kind: Reservation['spender']['kind'] }

export type QuotaLog = (event: QuotaEvent) => void

const PERCENTAGES = [80, 50]

/**
 * Reports what reservations show about the use of the project's day: each of 50 % and 80 % once a day and
 * instance.
 */
export function useReporter(
  log: QuotaLog = () => undefined,
): (reservation: Reservation, before: ProjectUse, limits: QuotaLimits, isNewUser: boolean) => void {
  const reported = new Map<string, number>()
  const report = (of: 'project' | 'restricted-users', day: string, used: number, limit: number) => {
    const percent = PERCENTAGES.find((each) => limit > 0 && used >= (limit * each) / 100)
    const key = `${of} ${day}`
    if (percent === undefined || (reported.get(key) ?? 0) >= percent) return
    reported.set(key, percent)
    log({ event: 'allowance-used', of, day, percent, limit })
  }
  return ({ spender: { uid, account, kind }, day, least }, before, limits, isNewUser) => {
    if (isNewUser && uid !== null) log({ event: 'new-user', account, kind })
    report('project', day, before.tokens + least, limits.projectTokensPerDay)
    if (account === 'restricted')
      report('restricted-users', day, before.restrictedTokens + least, restrictedCap(limits))
  }
}
