import type { Random } from '../model/random.ts'
import type { Crew } from './crew.ts'
import type { Fate } from './fate.ts'
import type { World } from './worker.ts'

export type StorageObject = {
  imageId: string
  bucket: string
  name: string
  generation: string
  contentType: string
  size: number
}

export type StorageEvent = { id: string; kind: 'finalized' | 'deleted'; object: StorageObject; time: Date }

/** For how long an event is delivered again. https://cloud.google.com/eventarc/docs/retry-events */
const WINDOW_MS = 24 * 3_600_000

/** Which part of the events is lost, doubled, or late. */
export type EventFaults = { lost: number; duplicated: number; late: number }

/** Eventarc: at least once but for a few, in any order, under new ids too; what fails comes again after 10 to 600 s, for 24 hours. */
export class Relay {
  private published = 0
  private readonly world: World
  private readonly crew: Crew
  private readonly random: Random
  private readonly faults: EventFaults
  private readonly handle: (event: StorageEvent) => Promise<unknown>
  private readonly nextFate: (name: string) => Fate

  constructor(
    world: World,
    crew: Crew,
    random: Random,
    faults: EventFaults,
    handle: (event: StorageEvent) => Promise<unknown>,
    nextFate: (name: string) => Fate,
  ) {
    this.world = world
    this.crew = crew
    this.random = random
    this.faults = faults
    this.handle = handle
    this.nextFate = nextFate
  }

  publish(kind: StorageEvent['kind'], object: StorageObject): void {
    const { random, world } = this
    if (random.chance(this.faults.lost)) {
      world.tally.count('events lost')
      world.traces.add(object.imageId, world.clock.nowMs, 'relay', `loses ${kind} ${object.generation}`)
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
      if (clock.nowMs - event.time.getTime() > WINDOW_MS) return tally.count('events expired')
      tally.count('deliveries')
      const { imageId, generation } = event.object
      const name = `${event.kind} ${event.id}#${attempt} g${generation.slice(-6)}`
      const job = { name, imageId, fate: this.nextFate(event.object.name) }
      this.crew.start(
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
