import { asVisionError } from '../../functions/src/errors.ts'
import type { Scheduler } from '../../test/model/scheduler.ts'

/** Pauses of Eventarc between deliveries. https://firebase.google.com/docs/functions/retries, 2026-11 */
const BACKOFF_MS = { first: 10_000, longest: 600_000 }

type Pending = { start: () => void; isOver: boolean }

/** One instance of Cloud Run. */
export class Instance {
  private running = 0
  private pending: Pending[] = []
  private readonly scheduler: Scheduler
  private readonly concurrency: number
  private readonly pendingMs: number | undefined

  /** @param pendingMs how long a request waits for a place before it is refused. Undefined: for ever */
  constructor(scheduler: Scheduler, concurrency: number, pendingMs: number | undefined) {
    this.scheduler = scheduler
    this.concurrency = concurrency
    this.pendingMs = pendingMs
  }

  /** @returns whether the instance had a place for the request in time. @throws as `handle` */
  async request(handle: () => Promise<unknown>): Promise<boolean> {
    if (!(await this.place())) return false
    try {
      await handle()
      return true
    } finally {
      this.running -= 1
      this.startNext()
    }
  }

  private async place(): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const pending: Pending = { start: () => resolve(true), isOver: false }
    this.pending.push(pending)
    if (this.pendingMs !== undefined) {
      this.scheduler.after(this.pendingMs, () => {
        pending.isOver = true
        resolve(false)
      })
    }
    this.startNext()
    return promise
  }

  private startNext(): void {
    this.pending = this.pending.filter(({ isOver }) => !isOver)
    while (this.running < this.concurrency) {
      const next = this.pending.shift()
      if (!next) return
      this.running += 1
      next.start()
    }
  }
}

/** Eventarc: delivers an event until it is acknowledged. */
export class Events {
  /** Deliveries that reached the function, and those that did not, because its instance was busy. */
  handled = 0
  refused = 0
  private readonly scheduler: Scheduler
  private readonly instance: Instance

  constructor(scheduler: Scheduler, instance: Instance) {
    this.scheduler = scheduler
    this.instance = instance
  }

  /** @param handle throws a VisionError if the event is to be redelivered. Any other error is a bug. */
  deliver(handle: () => Promise<unknown>, delivery = 1): void {
    void this.attempt(handle).then((isAcknowledged) => {
      if (!isAcknowledged) this.redeliver(handle, delivery)
      return isAcknowledged
    })
  }

  private async attempt(handle: () => Promise<unknown>): Promise<boolean> {
    try {
      const wasPlaced = await this.instance.request(async () => {
        this.handled += 1
        await handle()
      })
      if (!wasPlaced) this.refused += 1
      return wasPlaced
    } catch (error) {
      if (!asVisionError(error)) throw error
      return false
    }
  }

  private redeliver(handle: () => Promise<unknown>, delivery: number): void {
    const { first, longest } = BACKOFF_MS
    this.scheduler.after(Math.min(longest, first * 2 ** (delivery - 1)), () => {
      this.deliver(handle, delivery + 1)
    })
  }
}
