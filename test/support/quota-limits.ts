import type { QuotaLimits, TokenNeed } from '../../functions/src/ports/quota-store.ts'
import type { ProjectUse } from '../../functions/src/quota/allowance.ts'

export const NO_LIMITS: QuotaLimits = {
  callsPerMinute: 0,
  tokensPerDay: 0,
  projectTokensPerDay: 0,
  restrictedTokensPerDay: 0,
  restrictedProjectPercent: 100,
  uploadsPerDay: 0,
}

/** The need of an operation whose use is known. */
export const exactly = (tokens: number): TokenNeed => ({ least: tokens, most: tokens })

export const projectUse = (tokens: number, restrictedTokens = 0): ProjectUse => ({ tokens, restrictedTokens })
