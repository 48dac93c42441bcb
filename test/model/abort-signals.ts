import { Scheduler } from './scheduler.ts'

/**
 * Lets the deadlines of the code under test pass in virtual time. It reads nothing but `aborted` and
 * `reason`, also by `throwIfAborted`.
 */
export function useVirtualDeadlines(): void {
  AbortSignal.timeout = (delayMs) => {
    const scheduler = Scheduler.current
    const endsAt = scheduler.now + delayMs
    return signal(() => scheduler.now >= endsAt)
  }
  AbortSignal.any = (signals) => {
    const all = [...signals]
    const aborted = () => all.find((each) => each.aborted)
    return signal(
      () => aborted() !== undefined,
      () => aborted()?.reason as unknown,
    )
  }
}

/** A signal that is aborted as soon as `isAborted` says so, without an event. */
export function signal(isAborted: () => boolean, reason?: () => unknown): AbortSignal {
  return {
    get aborted() {
      return isAborted()
    },
    get reason() {
      return isAborted() ? reason?.() : undefined
    },
    throwIfAborted() {
      if (isAborted()) throw reason?.()
    },
  } as AbortSignal
}
