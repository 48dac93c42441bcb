import type { PacerClock } from '../../functions/src/model/request-pacer.ts'
import type { Pacing } from '../../functions/src/model/retry.ts'
import type { Random } from '../../test/model/random.ts'
import type { Scheduler } from '../../test/model/scheduler.ts'

/** Lets the deadlines of the code under test pass in virtual time. */
export function useVirtualDeadlines(scheduler: Scheduler): void {
  AbortSignal.timeout = (delayMs) => {
    const controller = new AbortController()
    scheduler.after(delayMs, () => controller.abort(new DOMException('The time is over', 'TimeoutError')))
    return controller.signal
  }
}

export async function sleep(scheduler: Scheduler, ms: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  scheduler.after(ms, resolve)
  const end = () => reject(signal!.reason as Error)
  if (signal?.aborted) end()
  signal?.addEventListener('abort', end)
  await promise.finally(() => signal?.removeEventListener('abort', end))
}

/** The waits between attempts. */
export function virtualPacing(scheduler: Scheduler, random: Random): Pacing {
  return {
    sleep: async (ms, signal) => sleep(scheduler, ms, signal),
    random: () => random.next(),
  }
}

export function virtualClock(scheduler: Scheduler, random: Random): PacerClock {
  return {
    now: () => scheduler.now,
    after: (ms, run) => {
      let isStopped = false
      scheduler.after(ms, () => {
        if (!isStopped) run()
      })
      return () => {
        isStopped = true
      }
    },
    random: () => random.next(),
  }
}
