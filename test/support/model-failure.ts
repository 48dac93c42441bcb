import type { ErrorCode } from '../../functions/src/errors.ts'
import { type FailureFacts, ModelFailure } from '../../functions/src/ports/vision-model.ts'

const REFUSED: FailureFacts = { fault: 'final', billing: 'free', scope: 'request' }

/**
 * The facts with which the Gemini adapter most often reports these codes. Other codes are refused requests.
 */
const FACTS: Partial<Record<ErrorCode, FailureFacts>> = {
  'model-unavailable': { ...REFUSED, fault: 'overloaded' },
  'model-rate-limited': { ...REFUSED, fault: 'rate-limited' },
  'model-timeout': { ...REFUSED, fault: 'transient', billing: 'unknown' },
  'model-not-found': { ...REFUSED, scope: 'model' },
  'model-day-limit': { ...REFUSED, scope: 'model' },
  'model-budget-spent': { ...REFUSED, scope: 'provider' },
  'model-misconfigured': { ...REFUSED, scope: 'provider' },
}

/** A failure of the model service for tests that need no HTTP. */
export function modelFailure(
  code: ErrorCode,
  {
    cause,
    retryAfterMs,
    ...facts
  }: Partial<FailureFacts> & { cause?: unknown; retryAfterMs?: number | undefined } = {},
): ModelFailure {
  return new ModelFailure(code, 'scripted', { ...REFUSED, ...FACTS[code], ...facts }, { cause, retryAfterMs })
}
