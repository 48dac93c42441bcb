import { constants } from 'node:os'

/** The wish to stop, from outside. */
export type Interruption = {
  /** Aborted by the first Ctrl-C (or SIGTERM, SIGHUP, or the end of the process that started this one). */
  stop: AbortSignal
  /** Aborted by another one: no more waiting. */
  hurry: AbortSignal
  /** What a shell reports for a command that this signal ended. */
  exitCode: () => number
}

/** One Ctrl-C may come twice: from the terminal, and handed on by the process that started this one. */
const sameWishMs = 500

export function listenForInterruption(): Interruption {
  const stop = new AbortController()
  const hurry = new AbortController()
  let first: { signal: NodeJS.Signals; at: number } | undefined
  const heed = (signal: NodeJS.Signals) => {
    if (!first) {
      first = { signal, at: Date.now() }
      stop.abort(new Error(`Stopped by ${signal}`))
    } else if (Date.now() - first.at > sameWishMs) hurry.abort()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => heed(signal))
  process.once('disconnect', () => heed('SIGTERM'))
  process.channel?.unref() // Listening must not keep the process alive.
  return {
    stop: stop.signal,
    hurry: hurry.signal,
    exitCode: () => 128 + constants.signals[first?.signal ?? 'SIGINT'],
  }
}

/** The promise's outcome, or a rejection as soon as the wish to stop comes. */
export function unlessStopped<T>(promise: Promise<T>, stop: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = () => {
      const reason: Error = stop.reason
      reject(reason)
    }
    if (stop.aborted) abort()
    stop.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => stop.removeEventListener('abort', abort))
  })
}
