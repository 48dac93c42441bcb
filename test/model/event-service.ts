import type { Worker, Workers } from './workers.ts'
import type { World } from './world.ts'

export type StorageEvent = {
  id: string
  kind: 'finalized' | 'deleted'
  generation: string
  publishedAt: number
}

export type EventFaults = { lost: number; duplicated: number; late: number }

/** How long Eventarc redelivers an event. https://cloud.google.com/eventarc/docs/retry-events */
const RETRY_WINDOW_MS = 24 * 3_600_000

/**
 * Eventarc: delivers at least once, in any order, also under new ids, and redelivers after 10 to 600 s for up
 * to 24 hours.
 */
export class EventService {
  deliveries = 0
  private readonly outage: { from: number; to: number }
  private published = 0
  private readonly world: World
  private readonly workers: Workers
  private readonly faults: EventFaults
  private readonly handle: (event: StorageEvent) => (worker: Worker) => Promise<unknown>

  constructor(
    world: World,
    workers: Workers,
    faults: EventFaults,
    outage: { from: number; to: number },
    handle: (event: StorageEvent) => (worker: Worker) => Promise<unknown>,
  ) {
    this.world = world
    this.workers = workers
    this.faults = faults
    this.outage = outage
    this.handle = handle
  }

  publish(kind: StorageEvent['kind'], generation: string): void {
    const { random, scheduler } = this.world
    const { lost, duplicated, late } = this.faults
    if (random.chance(lost)) return
    let copies = 1
    while (copies < 4 && random.chance(duplicated)) copies += 1
    for (let copy = 0; copy < copies; copy++) {
      this.published += 1
      const event = { id: `e${this.published}`, kind, generation, publishedAt: scheduler.now }
      const delayMs = random.chance(late) ? random.wait(10_000, 7_200_000) : random.wait(50, 5000)
      this.deliverAfter(delayMs, event, 1)
    }
  }

  private deliverAfter(delayMs: number, event: StorageEvent, attempt: number): void {
    this.world.scheduler.after(delayMs, () => this.deliver(event, attempt))
  }

  private deliver(event: StorageEvent, attempt: number): void {
    const { now } = this.world.scheduler
    if (now - event.publishedAt > RETRY_WINDOW_MS) return
    const redeliver = () =>
      this.deliverAfter(Math.min(600_000, 10_000 * 2 ** (attempt - 1)), event, attempt + 1)
    if (now >= this.outage.from && now < this.outage.to) return redeliver()
    this.deliveries += 1
    const name = `${event.kind} ${event.generation} ${event.id}#${attempt}`
    this.workers.start(name, this.handle(event), (end) => {
      if (end !== 'done') redeliver()
    })
  }
}
