/**
 * Work that several ask for at the same time and that is done once. It goes on while one of them still waits, and is told to stop
 * when the last has gone.
 */
export class SharedWork<T> {
  private readonly running = new Map<string, { result: Promise<T>; stop: AbortController; waiting: number }>()

  /** @throws what `start` throws, or the signal's reason */
  async run(key: string, start: (stop: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const work = this.running.get(key) ?? this.begin(key, start)
    work.waiting++
    try {
      return await unlessAborted(work.result, signal)
    } finally {
      work.waiting--
      if (work.waiting === 0) {
        if (this.running.get(key) === work) this.running.delete(key)
        work.stop.abort(signal?.reason)
      }
    }
  }

  private begin(key: string, start: (stop: AbortSignal) => Promise<T>) {
    const stop = new AbortController()
    const work = { result: start(stop.signal), stop, waiting: 0 }
    // Those who wait hear of it; when nobody does, nobody is missing it.
    work.result.catch(() => undefined)
    this.running.set(key, work)
    return work
  }
}

async function unlessAborted<T>(result: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return result
  signal.throwIfAborted()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = () => reject(signal.reason as Error)
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([result, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
