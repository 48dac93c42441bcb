/**
 * Runs an operation once for all callers that need it at the same time. It is aborted when the last caller
 * has stopped waiting.
 */
export class SingleFlight<T> {
  private readonly flights = new Map<string, { result: Promise<T>; stop: AbortController; waiting: number }>()

  /** @throws what `start` throws, or the signal's reason */
  async run(key: string, start: (stop: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const flight = this.flights.get(key) ?? this.begin(key, start)
    flight.waiting++
    try {
      return await unlessAborted(flight.result, signal)
    } finally {
      flight.waiting--
      if (flight.waiting === 0) {
        if (this.flights.get(key) === flight) this.flights.delete(key)
        flight.stop.abort(signal?.reason)
      }
    }
  }

  private begin(key: string, start: (stop: AbortSignal) => Promise<T>) {
    const stop = new AbortController()
    const flight = { result: start(stop.signal), stop, waiting: 0 }
    // Each caller receives the error. Without a caller it is not an unhandled rejection.
    flight.result.catch(() => undefined)
    this.flights.set(key, flight)
    return flight
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
