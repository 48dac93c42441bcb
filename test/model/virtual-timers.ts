import { type Entry, Scheduler } from './scheduler.ts'

/** Lets the timers of the code under test, its time limits for the answers of ports, run in virtual time. */
export function useVirtualTimers(): void {
  const startTimer = <T extends unknown[]>(run: (...args: T) => void, delayMs = 0, ...args: T): Entry =>
    Scheduler.current.after(delayMs, () => run(...args))
  const cancelTimer = (timer: Entry | undefined): void => {
    if (timer) timer.isCancelled = true
  }
  Object.assign(globalThis, { setTimeout: startTimer, clearTimeout: cancelTimer })
}
