import { VisionError } from '../../functions/src/errors.ts'
import type { Fate } from './fate.ts'
import type { Tally } from './tally.ts'
import type { Traces } from './traces.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** What a worker is at: a photo (`imageId`), or all of them. */
export type Job = { name: string; imageId?: string | undefined; fate: Fate }

export type World = { clock: VirtualClock; traces: Traces; tally: Tally }

/** An instance at work on one delivery, with the points at which it may be hit. */
export class Worker {
  readonly job: Job
  /** Settles when the worker dies. */
  readonly death: Promise<'died'>
  /** Since when it is at work by the virtual clock; undefined while it sleeps. */
  activeSinceMs: number | undefined
  private readonly world: World
  private readonly stop = new AbortController()
  private isDead = false
  private points = 0
  private sleeping: Promise<void> | undefined
  private tellDeath: (end: 'died') => void = () => undefined
  private readonly changed: () => void

  constructor(job: Job, world: World, changed: () => void) {
    this.job = job
    this.world = world
    this.changed = changed
    this.activeSinceMs = world.clock.nowMs
    this.death = new Promise((resolve) => {
      this.tellDeath = resolve
    })
  }

  get shutdown(): AbortSignal {
    return this.stop.signal
  }

  get isAlive(): boolean {
    return !this.isDead
  }

  tell(what: string, imageId = this.job.imageId): void {
    this.world.traces.add(imageId, this.world.clock.nowMs, this.job.name, what)
  }

  /**
   * A fault point. Of a dead worker it never settles, so that none of its code runs on, no `catch` and no `finally`: as when its process
   * is killed.
   * @throws VisionError `storage-unavailable`
   */
  async pass(point: string): Promise<void> {
    await this.sleeping
    if (this.isDead) return neverSettles()
    const { fate } = this.job
    const number = this.points++
    await fate.onPoint?.(number, point)
    if (number === fate.crashAt) return this.die(point)
    if (number === fate.sleepAt) {
      await this.sleep(fate.sleepMs!, point)
      if (this.isDead) return neverSettles()
    }
    if (number === fate.shutdownAt) {
      this.world.tally.count('shutdowns')
      this.tell(`SIGTERM ${point}`)
      this.stop.abort(new VisionError('interrupted', 'The instance is being shut down'))
    }
    // The model's own failures come from its service.
    if (fate.errorAt !== undefined && number >= fate.errorAt && !point.includes('model.')) {
      delete fate.errorAt
      this.world.tally.count('store errors')
      this.tell(`store error ${point}`)
      throw new VisionError('storage-unavailable', `Injected ${point}`)
    }
  }

  private die(point: string): Promise<never> {
    this.isDead = true
    this.world.tally.count('crashes')
    this.tell(`KILLED ${point}`)
    this.tellDeath('died')
    return neverSettles()
  }

  private async sleep(ms: number, point: string): Promise<void> {
    this.world.tally.count('zombies')
    this.tell(`sleeps ${Math.round(ms / 1000)} s ${point}`)
    this.activeSinceMs = undefined
    this.sleeping = new Promise((wake) => {
      this.world.clock.after(ms, () => {
        this.activeSinceMs = this.world.clock.nowMs
        this.sleeping = undefined
        this.tell('wakes')
        wake()
      })
    })
    this.changed()
    await this.sleeping
  }
}

function neverSettles(): Promise<never> {
  return new Promise(() => undefined)
}
