import * as logger from 'firebase-functions/logger'
import type { QuotaEvent } from '../quota/report-use.ts'

/** Writes one log line for an event of the quotas. Metrics and alerts are made from it (docs/monitoring.md). */
export function logQuota({ event, ...fields }: QuotaEvent): void {
  if (event === 'new-user') logger.info('quota new user', fields)
  else logger.warn('quota allowance used', fields)
}
