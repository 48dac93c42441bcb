import pLimit from 'p-limit'

/**
 * Runs `work` for each item, at most `concurrency` at a time. After a failure it starts no further item,
 * waits for those that are running so that nothing continues in the background, and rethrows the first
 * failure.
 */
export async function forEachConcurrently<T>(
  items: Iterable<T>,
  concurrency: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const limit = pLimit({ concurrency, rejectOnClear: true })
  const settled = await Promise.allSettled(
    Array.from(items, (item) =>
      limit(async () => {
        try {
          await work(item)
        } catch (error) {
          limit.clearQueue()
          throw error
        }
      }),
    ),
  )
  const failed = settled.find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
}
