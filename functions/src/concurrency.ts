import pLimit from 'p-limit'

/** A part of a `Semaphore`'s capacity, until it is released. */
export type Permit = {
  release: () => void
  /**
   * Changes the amount at once. A larger amount may exceed the capacity, since waiting for more while holding
   * a part could block all holders. Has no effect after `release`.
   */
  resize: (amount: number) => void
}

type Waiting = { amount: number; start: () => void }

/**
 * Divides a capacity, such as bytes of memory, among concurrent work. First come, first served: a large
 * request is not overtaken by small ones, so it cannot starve. p-limit has no amounts, and async-mutex
 * (0.5.0) cannot cancel one waiting request.
 */
export class Semaphore {
  readonly capacity: number
  private used = 0
  private readonly queue = new Set<Waiting>()

  constructor(capacity: number) {
    this.capacity = capacity
  }

  /**
   * Waits for a part of the capacity. More than the whole capacity, or NaN, counts as the whole capacity.
   * @throws the reason of `signal`, when it is aborted before the part is available
   */
  async acquire(amount = 1, signal?: AbortSignal): Promise<Permit> {
    signal?.throwIfAborted()
    let granted = this.limited(amount)
    if (this.queue.size > 0 || this.used + granted > this.capacity) await this.wait(granted, signal)
    else this.used += granted
    let isHeld = true
    return {
      release: () => {
        if (!isHeld) return
        isHeld = false
        this.used -= granted
        this.startNext()
      },
      resize: (changed) => {
        if (!isHeld) return
        const before = granted
        granted = this.limited(changed)
        this.used += granted - before
        this.startNext()
      },
    }
  }

  private limited(amount: number): number {
    return amount <= this.capacity ? amount : this.capacity
  }

  private async wait(amount: number, signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const waiting: Waiting = { amount, start: resolve }
    const cancel = () => {
      this.queue.delete(waiting)
      reject(signal?.reason as Error)
      // Smaller requests may have waited behind this one.
      this.startNext()
    }
    this.queue.add(waiting)
    signal?.addEventListener('abort', cancel, { once: true })
    try {
      await promise
    } finally {
      signal?.removeEventListener('abort', cancel)
    }
  }

  private startNext(): void {
    for (const waiting of this.queue) {
      if (this.used + waiting.amount > this.capacity) return
      this.queue.delete(waiting)
      this.used += waiting.amount
      waiting.start()
    }
  }
}

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
