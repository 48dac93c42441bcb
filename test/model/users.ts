import type { RerunPolicy } from '../../functions/src/document/claim.ts'
import type { EventService } from './event-service.ts'
import type { Content, World } from './world.ts'

/** `deadly`: pictures that kill whoever decodes them. */
export type Habits = {
  overwrites: number
  deletes: number
  asksAgain: number
  /** How long after an upload. */
  askMs: readonly [least: number, most: number]
  /** After a deletion, with another photo of that name. */
  returns: number
  deadly: number
  /** Between one thing and the next; longer ones are rarer. */
  pauseMs: readonly [least: number, most: number]
}

/** A call, or a backfill that asks for what has not succeeded. */
export type Asks = RerunPolicy | 'backfill'

const MAX_UPLOADS = 8

/** Whoever owns the photo: uploads it, uploads another under its name, deletes it, has it annotated again. */
export class User {
  uploads = 0
  private readonly world: World
  private readonly events: EventService
  private readonly habits: Habits
  private readonly ask: (again: Asks) => void
  private readonly report: ((what: string) => void) | undefined
  private generation: number

  constructor(
    world: World,
    events: EventService,
    habits: Habits,
    ask: (again: Asks) => void,
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
      const roll = random.next()
      const again = roll < 0.5 ? 'always' : roll < 0.8 ? 'unless-succeeded' : 'backfill'
      world.agenda.after(random.wait(...this.habits.askMs), () => this.ask(again))
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
    if (random.chance(this.habits.returns))
      agenda.after(random.wait(...this.habits.pauseMs), () => this.upload())
  }

  private newContent(): Content {
    const roll = this.world.random.next()
    const id = `c${this.uploads}`
    const hasPreview = this.world.random.chance(0.3)
    if (roll < this.habits.deadly) return { id, hasPreview, kind: 'deadly' }
    return { id, hasPreview, kind: roll > 0.98 ? 'no-picture' : roll > 0.95 ? 'blocked' : 'photo' }
  }
}
