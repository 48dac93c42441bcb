import type { FiresightError } from './error.ts'
import { toFiresightError } from './firebase-error.ts'
import { wrapErrors } from './wrap-errors.ts'

export type OnError = (error: FiresightError) => void

/**
 * Starts a subscription after its service has been loaded.
 * @returns a function that stops it at any time; the listeners are not called afterwards
 */
export function follow(
  start: (onError: (error: unknown) => void, isActive: () => boolean) => Promise<() => void>,
  onError: OnError = throwUncaught,
): () => void {
  let isActive = true
  let stop = () => {}
  const fail = (error: unknown) => {
    if (isActive) onError(toFiresightError(error))
  }
  const subscribe = async () => {
    const unsubscribe = await start(fail, () => isActive)
    if (isActive) stop = unsubscribe
    else unsubscribe()
  }
  wrapErrors(subscribe).catch(fail)
  return () => {
    isActive = false
    stop()
  }
}

/** The default of `onError`: reports the error as uncaught, like an unhandled rejection. */
function throwUncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}
