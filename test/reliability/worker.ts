import { VisionError } from '../../functions/src/errors.ts'
import type { Faults } from './faults.ts'
import type { Tally, Traces } from './records.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** What a worker processes: one photo (`imageId`), or all. */
export type Job = { name: string; imageId?: string | undefined; faults: Faults }

export type World = { clock: VirtualClock; traces: Traces; tally: Tally }

/** One run of a function, with its fault points. */
export class Worker {
  readonly job: Job
  /** Settles when the worker crashes. */
  readonly crash: Promise<'crashed'>
  /** When it started to work, by the virtual clock; undefined while it pauses. */
  activeSinceMs: number | undefined
  private readonly world: World
  private readonly stop = new AbortController()
  private isDead = false
  private points = 0
  private pausing: Promise<void> | undefined
  private resolveCrash: (end: 'crashed') => void = () => undefined
  private readonly changed: () => void

  constructor(job: Job, world: World, changed: () => void) {
    this.job = job
    this.world = world
    this.changed = changed
    this.activeSinceMs = world.clock.nowMs
    this.crash = new Promise((resolve) => {
      this.resolveCrash = resolve
    })
  }

  get shutdown(): AbortSignal {
    return this.stop.signal
  }

  get isAlive(): boolean {
    return !this.isDead
  }

  trace(event: string, imageId = this.job.imageId): void {
    this.world.traces.add(imageId, this.world.clock.nowMs, this.job.name, event)
  }

  /**
   * A fault point. It never settles for a dead worker, so no `catch` or `finally` of its code runs, as if the
   * process was killed.
   * @throws VisionError `storage-unavailable`
   */
  async pass(point: string): Promise<void> {
    await this.pausing
    if (this.isDead) return neverSettles()
    const { faults } = this.job
    const number = this.points++
    await faults.onPoint?.(number, point)
    if (number === faults.crashAt) return this.kill(point)
    if (number === faults.pauseAt) {
      await this.pause(faults.pauseMs!, point)
      if (this.isDead) return neverSettles()
    }
    if (number === faults.shutdownAt) {
      this.world.tally.count('shutdowns')
      this.trace(`SIGTERM ${point}`)
      this.stop.abort(new VisionError('interrupted', 'The instance is being shut down'))
    }
    // Failures of the model come from its service.
    if (faults.errorAt !== undefined && number >= faults.errorAt && !point.includes('model.')) {
      delete faults.errorAt
      this.world.tally.count('store errors')
      this.trace(`store error ${point}`)
      throw new VisionError('storage-unavailable', `Injected ${point}`)
    }
  }

  private kill(point: string): Promise<never> {
    this.isDead = true
    this.world.tally.count('crashes')
    this.trace(`KILLED ${point}`)
    this.resolveCrash('crashed')
    return neverSettles()
  }

  private async pause(ms: number, point: string): Promise<void> {
    this.world.tally.count('paused workers')
    this.trace(`pauses for ${Math.round(ms / 1000)} s ${point}`)
    this.activeSinceMs = undefined
    this.pausing = new Promise((resume) => {
      this.world.clock.after(ms, () => {
        this.activeSinceMs = this.world.clock.nowMs
        this.pausing = undefined
        this.trace('resumes')
        resume()
      })
    })
    this.changed()
    await this.pausing
  }
}

function neverSettles(): Promise<never> {
  return new Promise(() => undefined)
}
