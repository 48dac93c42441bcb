import type { ErrorCode, VisionError } from '../errors.ts'

const REFUSALS = new Set<ErrorCode>([
  'service-paused',
  'calls-exceeded',
  'tokens-exceeded',
  'project-tokens-exceeded',
])

/** Whether a reservation was refused: then nothing has run, and `retryAfterMs` says when it may. */
export function isRefusal({ code }: VisionError): boolean {
  return REFUSALS.has(code)
}
