type Waiting<T> = { item: T; resolve: () => void; reject: (error: unknown) => void }

/**
 * Runs items with the same key one batch after another: those that arrive while a batch runs are the next
 * one, in their order.
 * @param run returns the items that fail alone, with their errors; if it throws, all items fail
 */
export function inBatches<T>(
  run: (items: T[]) => Promise<Map<T, unknown>>,
): (key: string, item: T) => Promise<void> {
  const queues = new Map<string, Waiting<T>[]>()

  async function runAll(key: string, queue: Waiting<T>[]): Promise<void> {
    for (let batch = queue.splice(0); batch.length > 0; batch = queue.splice(0)) {
      try {
        const failed = await run(batch.map(({ item }) => item))
        for (const { item, resolve, reject } of batch) {
          if (failed.has(item)) reject(failed.get(item))
          else resolve()
        }
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    queues.delete(key)
  }

  return async (key, item) =>
    new Promise((resolve, reject) => {
      const running = queues.get(key)
      const queue = running ?? []
      queue.push({ item, resolve, reject })
      if (running) return
      queues.set(key, queue)
      void runAll(key, queue)
    })
}
