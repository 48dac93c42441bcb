import * as logger from 'firebase-functions/logger'
import { OPERATOR_ERRORS } from '../errors.ts'
import type { Outcome } from '../pipeline/annotation-run.ts'

/** The one line of a photo's run: ids, how it ended, what it took. Metrics and alerts are made from it (docs/monitoring.md). */
export function logOutcome(
  outcome: Outcome,
  about: { imageId: string; generation: string; eventId?: string; taskId?: string },
): void {
  const line = { ...about, ...outcome }
  if ('code' in outcome && OPERATOR_ERRORS.has(outcome.code)) logger.error('photo annotated', line)
  else logger.info('photo annotated', line)
}
