import { FLEX_REQUEST_SECONDS, FLEX_RESERVE_SECONDS } from '../config/time-limits.ts'
import type { ModelRequest } from '../ports/vision-model.ts'
import type { Sent } from './retry.ts'

/** Milliseconds that must be left of a run before it sends a request at the tier `flex`. */
export const FLEX_TIME_MS = (FLEX_REQUEST_SECONDS + FLEX_RESERVE_SECONDS) * 1000

/**
 * Sends a request at the tier `flex` once, if it asks for it and the time allows it. If that fails, sends it
 * at the standard tier, at once. Only the failure of the standard tier is returned, so that a service which
 * is too busy for `flex` (429 or 503) is not reported as down, and opens no circuit.
 * @param send with retries at the standard tier; at the tier `flex` a single attempt
 */
export async function sendAtTier<T extends Sent<unknown>>(
  request: ModelRequest,
  signal: AbortSignal | undefined,
  send: { flex: (request: ModelRequest) => Promise<T>; standard: (request: ModelRequest) => Promise<T> },
): Promise<T> {
  const { serviceTier, ...standard } = request
  const isFlex = serviceTier === 'flex' && (request.timeLeftMs?.() ?? FLEX_TIME_MS) >= FLEX_TIME_MS
  if (!isFlex) return send.standard(standard)
  const sent = await send.flex(request)
  return needsStandardTier(sent, signal) ? send.standard(standard) : sent
}

/**
 * Not for an answer that is too large to read: it is billed, and its caller decides about another request.
 */
function needsStandardTier(sent: Sent<unknown>, signal: AbortSignal | undefined): boolean {
  return 'failure' in sent && !signal?.aborted && sent.failure.code !== 'answer-unreadable'
}
