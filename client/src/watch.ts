import type { FiresightError } from './error.ts'
import { toFiresightError } from './firebase-error.ts'
import { guarded } from './guarded.ts'

export type OnError = (error: FiresightError) => void

/**
 * Starts to follow something once it has been loaded.
 * @returns what ends it, at any time: nothing is told from then on
 */
export function follow(
  start: (onError: (error: unknown) => void, isOn: () => boolean) => Promise<() => void>,
  onError: OnError = throwUncaught,
): () => void {
  let isOn = true
  let stop = () => {}
  const fail = (error: unknown) => {
    if (isOn) onError(toFiresightError(error))
  }
  const begin = async () => {
    const unsubscribe = await start(fail, () => isOn)
    if (isOn) stop = unsubscribe
    else unsubscribe()
  }
  guarded(begin).catch(fail)
  return () => {
    isOn = false
    stop()
  }
}

/** Nobody wants to know, so it becomes an uncaught error, as with a promise that nobody awaits. */
function throwUncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}
