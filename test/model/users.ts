import type { RerunPolicy } from '../../functions/src/document/claim.ts'
import type { EventService } from './event-service.ts'
import type { Content, World } from './world.ts'

/**
 * Probabilities per photo or upload, and waits. `deadly`: images that crash every worker that decodes them.
 */
export type UserBehaviour = {
  overwrites: number
  deletes: number
  asksForRerun: number
  /** How long after an upload. */
  rerunMs: readonly [least: number, most: number]
  /** Uploads another photo under the name after a deletion. */
  returns: number
  deadly: number
  /** Between two actions; short waits are more likely. */
  pauseMs: readonly [least: number, most: number]
}

/** A rerun by a call, or by a backfill with `retry`. */
export type Rerun = RerunPolicy | 'backfill'

const MAX_UPLOADS = 8

/** The owner of the photo: uploads it, overwrites it, deletes it, and asks for reruns. */
export class User {
  uploads = 0
  private readonly world: World
  private readonly events: EventService
  private readonly behaviour: UserBehaviour
  private readonly requestRerun: (policy: Rerun) => void
  private readonly trace: ((event: string) => void) | undefined
  private generation: number

  constructor(
    world: World,
    events: EventService,
    behaviour: UserBehaviour,
    rerun: (policy: Rerun) => void,
    trace?: (event: string) => void,
  ) {
    this.world = world
    this.events = events
    this.behaviour = behaviour
    this.requestRerun = rerun
    this.trace = trace
    // Generations are compared as numbers: they get a tenth digit during the simulation.
    this.generation = 999_999_997 + world.random.below(3)
  }

  begin(): void {
    this.world.scheduler.after(this.world.random.wait(1000, 60_000), () => this.upload())
  }

  private upload(): void {
    const { world, events } = this
    const { random, object } = world
    this.uploads += 1
    this.generation += 1
    const generation = String(this.generation)
    world.putObject(generation, this.newContent())
    this.trace?.(`uploads ${generation}${object ? ` over ${object.generation}` : ''}`)
    events.publish('finalized', generation)
    if (object) events.publish('deleted', object.generation)
    this.planNext()
    while (random.chance(this.behaviour.asksForRerun)) {
      const roll = random.next()
      const policy = roll < 0.5 ? 'always' : roll < 0.8 ? 'unless-succeeded' : 'backfill'
      world.scheduler.after(random.wait(...this.behaviour.rerunMs), () => this.requestRerun(policy))
    }
  }

  private planNext(): void {
    const { scheduler, random } = this.world
    if (this.uploads >= MAX_UPLOADS) return
    const { overwrites, deletes } = this.behaviour
    const roll = random.next()
    const waitMs = random.wait(...this.behaviour.pauseMs)
    if (roll < overwrites) scheduler.after(waitMs, () => this.upload())
    else if (roll < overwrites + deletes) scheduler.after(waitMs, () => this.delete())
  }

  private delete(): void {
    const { scheduler, random, object } = this.world
    this.trace?.(`deletes ${object!.generation}`)
    this.world.object = undefined
    this.events.publish('deleted', object!.generation)
    if (random.chance(this.behaviour.returns))
      scheduler.after(random.wait(...this.behaviour.pauseMs), () => this.upload())
  }

  private newContent(): Content {
    const roll = this.world.random.next()
    const id = `c${this.uploads}`
    const hasPreview = this.world.random.chance(0.3)
    if (roll < this.behaviour.deadly) return { id, hasPreview, kind: 'deadly' }
    return { id, hasPreview, kind: roll > 0.98 ? 'no-picture' : roll > 0.95 ? 'blocked' : 'photo' }
  }
}
