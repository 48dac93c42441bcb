/** Runs what has the same key one after another, in the order in which it was asked for. */
export function oneAtATime(): <T>(key: string, run: () => Promise<T>) => Promise<T> {
  const latest = new Map<string, Promise<unknown>>()
  return async (key, run) => {
    const turn = (latest.get(key) ?? Promise.resolve()).then(run)
    // Whoever comes next waits for the end, good or bad; the failure is told to who asked for this turn.
    const ended = turn.catch(() => undefined)
    latest.set(key, ended)
    try {
      return await turn
    } finally {
      if (latest.get(key) === ended) latest.delete(key)
    }
  }
}
