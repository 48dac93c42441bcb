import type { VisionError } from '../errors.ts'

/**
 * Whether a request that failed so may have been paid although nobody could tell us how much. An answer of 400 or 500 is free:
 * https://ai.google.dev/gemini-api/docs/billing, 2026-11. Of requests that nobody waited for to the end it says nothing.
 */
export function mayHaveBeenPaid({ code, cause }: VisionError): boolean {
  if (code === 'model-timeout' || code === 'cancelled') return true
  // A connection that was lost, or a body that was: then there is no status (gemini/service-error.ts).
  return code === 'model-unavailable' && (cause instanceof TypeError || cause instanceof SyntaxError)
}
