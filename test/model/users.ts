import type { EventService } from './event-service.ts'
import type { Content, World } from './world.ts'

/** `deadly`: pictures that kill whoever decodes them. */
export type Habits = {
  overwrites: number
  deletes: number
  asksAgain: number
  deadly: number
  /** Between one thing and the next; longer ones are rarer. */
  pauseMs: readonly [least: number, most: number]
}

const MAX_UPLOADS = 8

/** Whoever owns the photo: uploads it, uploads another under its name, deletes it, has it annotated again. */
export class User {
  uploads = 0
  private readonly world: World
  private readonly events: EventService
  private readonly habits: Habits
  private readonly ask: (again: 'unless-succeeded' | 'always') => void
  private readonly report: ((what: string) => void) | undefined
  private generation: number

  constructor(
    world: World,
    events: EventService,
    habits: Habits,
    ask: (again: 'unless-succeeded' | 'always') => void,
    report?: (what: string) => void,
  ) {
    this.world = world
    this.events = events
    this.habits = habits
    this.ask = ask
    this.report = report
    // Generations are numbers: the tenth digit comes while the photo lives.
    this.generation = 999_999_997 + world.random.below(3)
  }

  begin(): void {
    this.world.agenda.after(this.world.random.wait(1000, 60_000), () => this.upload())
  }

  private upload(): void {
    const { world, events } = this
    const { random, object } = world
    this.uploads += 1
    this.generation += 1
    const generation = String(this.generation)
    world.putObject(generation, this.newContent())
    this.report?.(`uploads ${generation}${object ? ` over ${object.generation}` : ''}`)
    events.publish('finalized', generation)
    if (object) events.publish('deleted', object.generation)
    this.goOn()
    while (random.chance(this.habits.asksAgain)) {
      const again = random.chance(0.6) ? 'always' : 'unless-succeeded'
      world.agenda.after(random.wait(1000, 36_000_000), () => this.ask(again))
    }
  }

  private goOn(): void {
    const { agenda, random } = this.world
    if (this.uploads >= MAX_UPLOADS) return
    const { overwrites, deletes } = this.habits
    const roll = random.next()
    const waitMs = random.wait(...this.habits.pauseMs)
    if (roll < overwrites) agenda.after(waitMs, () => this.upload())
    else if (roll < overwrites + deletes) agenda.after(waitMs, () => this.delete())
  }

  private delete(): void {
    const { agenda, random, object } = this.world
    this.report?.(`deletes ${object!.generation}`)
    this.world.object = undefined
    this.events.publish('deleted', object!.generation)
    if (random.chance(0.5)) agenda.after(random.wait(...this.habits.pauseMs), () => this.upload())
  }

  private newContent(): Content {
    const roll = this.world.random.next()
    const id = `c${this.uploads}`
    if (roll < this.habits.deadly) return { id, kind: 'deadly' }
    return { id, kind: roll > 0.98 ? 'no-picture' : roll > 0.95 ? 'blocked' : 'photo' }
  }
}
