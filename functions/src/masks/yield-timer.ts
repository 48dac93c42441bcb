import { setImmediate } from 'node:timers/promises'

/** The work for an ordinary photo takes less. */
const MAX_BLOCKING_MS = 10

/**
 * Splits long synchronous work: between its steps, timers, sockets and other requests of the instance can
 * run.
 */
export class YieldTimer {
  private since = performance.now()

  /** Lets the event loop run if the work has blocked it for more than 10 ms. */
  async yieldIfDue(): Promise<void> {
    if (performance.now() - this.since <= MAX_BLOCKING_MS) return
    await setImmediate()
    this.since = performance.now()
  }
}
