import { setImmediate } from 'node:timers/promises'

/** Long work in steps: an ordinary photo's are done in less. */
const MILLISECONDS_BETWEEN = 10

/** Lets timers, sockets and other photos of the instance have their turn between steps of long work. */
export class EventLoopTurns {
  private from = performance.now()

  get due(): boolean {
    return performance.now() - this.from > MILLISECONDS_BETWEEN
  }

  async take(): Promise<void> {
    await setImmediate()
    this.from = performance.now()
  }
}
