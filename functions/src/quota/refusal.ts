import type { ErrorCode, VisionError } from '../errors.ts'

const REFUSALS = new Set<ErrorCode>([
  'service-paused',
  'calls-exceeded',
  'tokens-exceeded',
  'project-tokens-exceeded',
])

const EXHAUSTED = new Set<ErrorCode>(['model-day-limit', 'model-budget-spent'])

/** Whether the model's own allowance is used up, so that asking again soon is no use. */
export function isExhausted({ code }: VisionError): boolean {
  return EXHAUSTED.has(code)
}

/** Whether a reservation was refused: then nothing has run, and `retryAfterMs` says when it may. */
export function isRefusal({ code }: VisionError): boolean {
  return REFUSALS.has(code)
}
