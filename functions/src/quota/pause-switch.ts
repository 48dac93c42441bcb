import { VisionError } from '../errors.ts'

/** How long an instance believes what it read: the longest that it works on after the switch was thrown. */
export const PAUSE_READ_MS = 30_000
const RETRY_AFTER_MS = 60_000

/**
 * The kill switch. A field that is missing, or `false`, lets work go on; anything else pauses it, also the text "true": who throws the
 * switch in a hurry must not fail for a type.
 * @param read gives the field; asked at most every 30 s
 * @returns throws VisionError `service-paused`, with `retryAfterMs`, while work is paused
 */
export function pauseSwitch(read: () => Promise<unknown>): (now: Date) => Promise<void> {
  let latest: { paused: Promise<unknown>; readAt: number } | undefined
  return async (now) => {
    const time = now.getTime()
    // Also read again when the clock went back: it would be believed for longer.
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
