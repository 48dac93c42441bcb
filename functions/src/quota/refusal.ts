import type { ErrorCode, VisionError } from '../errors.ts'

const REFUSALS = new Set<ErrorCode>([
  'service-paused',
  'calls-exceeded',
  'tokens-exceeded',
  'project-tokens-exceeded',
])

const OUT_OF_SERVICE = new Set<ErrorCode>([
  'model-day-limit',
  'model-budget-spent',
  'model-misconfigured',
  'model-not-found',
])

/**
 * Whether the model service answers nobody: its own allowance is used up, or the key, the project or the model's name has to be mended. No
 * photo is to blame, and asking again soon is no use.
 */
export function isOutOfService({ code }: VisionError): boolean {
  return OUT_OF_SERVICE.has(code)
}

/** Whether a reservation was refused: then nothing has run, and `retryAfterMs` says when it may. */
export function isRefusal({ code }: VisionError): boolean {
  return REFUSALS.has(code)
}
