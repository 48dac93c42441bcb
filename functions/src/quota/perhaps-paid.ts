import type { VisionError } from '../errors.ts'

/**
 * Whether a request that failed so may have been paid although nobody could tell us how much. An answer of 400 or 500 is free:
 * https://ai.google.dev/gemini-api/docs/billing, 2026-11. Of requests that nobody waited for to the end it says nothing.
 */
export function mayHaveBeenPaid({ code, cause }: VisionError): boolean {
  if (code === 'model-timeout' || code === 'cancelled') return true
  // A connection that was lost, or a body that was: then there is no status (gemini/service-error.ts).
  if (code !== 'model-unavailable' || isNeverConnected(cause)) return false
  return cause instanceof TypeError || cause instanceof SyntaxError
}

/** Codes of Node and undici for a connection that never came to be: nothing was sent, so nothing was paid. */
const NEVER_CONNECTED = new Set<unknown>([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** fetch wraps the connection's error into a TypeError. */
function isNeverConnected(error: unknown): boolean {
  const cause = error instanceof TypeError ? error.cause : undefined
  return cause instanceof Error && 'code' in cause && NEVER_CONNECTED.has(cause.code)
}
