import type { QuotaLimits, Spender } from '../../functions/src/ports/quota-store.ts'
import { NO_LIMITS } from './quota-limits.ts'

let year = 1970
/** A day of its own for each test, because the tests of a file share the project's counter. */
export const firstOfJanuary = () => new Date(`${++year}-01-01T12:00:00Z`)
export const after = (from: Date, ms: number) => new Date(from.getTime() + ms)

let users = 0
export const newUser = (kind: Spender['kind'] = 'call') =>
  ({ uid: `quota-${process.pid}-${++users}`, kind, account: 'verified' }) satisfies Spender
export const NO_OWNER: Spender = { uid: null, kind: 'upload', account: 'verified' }

export const limit = (limits: Partial<QuotaLimits>): QuotaLimits => ({ ...NO_LIMITS, ...limits })
