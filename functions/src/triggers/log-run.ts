import * as logger from 'firebase-functions/logger'
import { knownApiKey } from '../config/params.ts'
import type { Photo } from '../document/annotation.ts'
import { asVisionError, OPERATOR_ERRORS } from '../errors.ts'
import type { Outcome } from '../pipeline/annotation-run.ts'
import { operatorMessage } from '../pipeline/operator-message.ts'

type LogFields = { imageId: string; generation?: string; eventId?: string; taskId?: string }

/**
 * Runs a photo and writes one log line with ids, outcome and measurements: never the photo's name, its bytes
 * or text from the model. Metrics and alerts are made from this line (docs/monitoring.md). Rethrows failures,
 * so that the event or the task is delivered again.
 */
export async function logRun(
  fields: LogFields,
  run: () => Promise<{ photo?: Photo; outcome: Outcome } | undefined>,
): Promise<void> {
  try {
    const ended = await run()
    if (!ended) return
    const { failure, ...outcome } = { failure: undefined, ...ended.outcome }
    const line = { ...fields, ...(ended.photo && { generation: ended.photo.generation }), ...outcome }
    if (failure && OPERATOR_ERRORS.has(failure.code)) {
      const detail = operatorMessage(failure, [knownApiKey()])
      logger.error('photo annotated', { ...line, detail })
    } else if (!ended.photo) logger.warn('photo annotated', line)
    else logger.info('photo annotated', line)
  } catch (error) {
    const failure = asVisionError(error)
    if (failure) logger.warn('photo not annotated yet', { ...fields, code: failure.code })
    throw error
  }
}
