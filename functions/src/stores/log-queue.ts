import * as logger from 'firebase-functions/logger'

/** Writes one log line about a limitation of the queues. */
export function logQueueLimitation(limitation: string): void {
  logger.warn('queue limited', { limitation })
}
