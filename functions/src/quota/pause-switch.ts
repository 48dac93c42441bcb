import { VisionError } from '../errors.ts'

/** How long an instance uses the value that it read: the longest time until a pause takes effect. */
export const PAUSE_READ_MS = 30_000
const RETRY_AFTER_MS = 60_000

/**
 * The kill switch. Any value other than `false` or a missing field pauses processing, so a wrong type in an
 * emergency fails safe.
 * @param read returns the field; called at most every 30 s
 * @returns a function that throws VisionError `service-paused`, with `retryAfterMs`, while processing is
 *   paused
 */
export function pauseSwitch(read: () => Promise<unknown>): (now: Date) => Promise<void> {
  let latest: { paused: Promise<unknown>; readAt: number } | undefined
  return async (now) => {
    const time = now.getTime()
    // Also read after the clock went back, since the value would be used for longer.
    if (!latest || time >= latest.readAt + PAUSE_READ_MS || time < latest.readAt) {
      latest = { paused: read(), readAt: time }
    }
    const current = latest
    let paused: unknown
    try {
      paused = await current.paused
    } catch (error) {
      if (latest === current) latest = undefined
      throw error
    }
    if (paused === undefined || paused === false) return
    throw new VisionError('service-paused', 'Cannot reserve: the service is paused', {
      retryAfterMs: RETRY_AFTER_MS,
    })
  }
}
