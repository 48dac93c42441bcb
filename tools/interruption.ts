import { constants } from 'node:os'

/** A request from outside to stop. */
export type Interruption = {
  /** Aborted by the first Ctrl-C, SIGTERM or SIGHUP, or when the parent process ends. */
  stop: AbortSignal
  /** Aborted by the second signal: stop immediately. */
  force: AbortSignal
  /** The exit code that shells use for a command ended by this signal. */
  exitCode: () => number
}

/** One Ctrl-C can arrive twice: from the terminal, and forwarded by the parent process. */
const duplicateMs = 500

export function listenForInterruption(): Interruption {
  const stop = new AbortController()
  const force = new AbortController()
  let first: { signal: NodeJS.Signals; at: number } | undefined
  const handle = (signal: NodeJS.Signals) => {
    if (!first) {
      first = { signal, at: Date.now() }
      stop.abort(new Error(`Stopped by ${signal}`))
    } else if (Date.now() - first.at > duplicateMs) force.abort()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => handle(signal))
  process.once('disconnect', () => handle('SIGTERM'))
  process.channel?.unref() // The listener must not keep the process alive.
  return {
    stop: stop.signal,
    force: force.signal,
    exitCode: () => 128 + constants.signals[first?.signal ?? 'SIGINT'],
  }
}

/** Settles like the promise, or rejects when `stop` is aborted. */
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
