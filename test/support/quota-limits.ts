import type { QuotaLimits } from '../../functions/src/ports/quota-store.ts'

export const NO_LIMITS: QuotaLimits = {
  callsPerMinute: 0,
  tokensPerDay: 0,
  projectTokensPerDay: 0,
  restrictedTokensPerDay: 0,
  restrictedProjectPercent: 100,
  uploadsPerDay: 0,
}
