import type { Random } from '../model/random.ts'
import type { Faults, JobKind } from './faults.ts'
import type { World } from './worker.ts'
import type { Workers } from './workers.ts'

export type StorageObject = {
  imageId: string
  bucket: string
  name: string
  generation: string
  contentType: string
  size: number
}

export type StorageEvent = { id: string; kind: 'finalized' | 'deleted'; object: StorageObject; time: Date }

/** How long Eventarc redelivers an event. https://cloud.google.com/eventarc/docs/retry-events */
const RETRY_WINDOW_MS = 24 * 3_600_000

/** The part of the events that are lost, duplicated or late. */
export type EventFaults = { lost: number; duplicated: number; late: number }

/**
 * Eventarc: delivers at least once, in any order, also under new ids, and redelivers after 10 to 600 s for up
 * to 24 hours. A few events are lost.
 */
export class EventService {
  private published = 0
  private readonly world: World
  private readonly workers: Workers
  private readonly random: Random
  private readonly faults: EventFaults
  private readonly handle: (event: StorageEvent) => Promise<unknown>
  private readonly nextFaults: (name: string, kind: JobKind) => Faults

  constructor(
    world: World,
    workers: Workers,
    random: Random,
    faults: EventFaults,
    handle: (event: StorageEvent) => Promise<unknown>,
    nextFaults: (name: string, kind: JobKind) => Faults,
  ) {
    this.world = world
    this.workers = workers
    this.random = random
    this.faults = faults
    this.handle = handle
    this.nextFaults = nextFaults
  }

  publish(kind: StorageEvent['kind'], object: StorageObject): void {
    const { random, world } = this
    if (random.chance(this.faults.lost)) {
      world.tally.count('events lost')
      world.traces.add(object.imageId, world.clock.nowMs, 'events', `loses ${kind} ${object.generation}`)
      return
    }
    let copies = 1
    while (copies < 4 && random.chance(this.faults.duplicated)) copies++
    world.tally.count('duplicates', copies - 1)
    for (let copy = 0; copy < copies; copy++) {
      const event = { id: `e${++this.published}`, kind, object, time: world.clock.now() }
      const isLate = random.chance(this.faults.late)
      this.deliverAfter(isLate ? random.wait(10_000, 7_200_000) : random.wait(50, 5000), event, 1)
    }
  }

  private deliverAfter(delayMs: number, event: StorageEvent, attempt: number): void {
    const { clock, tally } = this.world
    clock.after(delayMs, () => {
      if (clock.nowMs - event.time.getTime() > RETRY_WINDOW_MS) return tally.count('events expired')
      tally.count('deliveries')
      const { imageId, generation } = event.object
      const name = `${event.kind} ${event.id}#${attempt} g${generation.slice(-6)}`
      const job = { name, imageId, faults: this.nextFaults(event.object.name, event.kind) }
      this.workers.start(
        job,
        async () => this.handle(event),
        (end) => {
          if (end !== 'done')
            this.deliverAfter(Math.min(600_000, 10_000 * 2 ** (attempt - 1)), event, attempt + 1)
        },
      )
    })
  }
}
