import { AsyncLocalStorage } from 'node:async_hooks'
import { asVisionError } from '../../functions/src/errors.ts'
import { type Job, Worker, type World } from './worker.ts'

export type End = 'done' | 'failed' | 'died'

/** Workers that are at work at the same time. */
const MOST = 12

/** How far the clock may run ahead of a worker that is at work: less than a lease, or every worker would lose it. */
const LONGEST_WORK_MS = 60_000

/** Longest wait for anything to happen, in real time. */
const WATCHDOG_MS = 120_000

/** The workers of a world, and what lets its time pass. */
export class Crew {
  readonly bugs: { worker: string; error: unknown; imageId: string | undefined }[] = []
  private readonly current = new AsyncLocalStorage<Worker>()
  private readonly working = new Set<Worker>()
  private readonly world: World
  private wake: () => void = () => undefined

  constructor(world: World) {
    this.world = world
  }

  /** Whether it is a worker's code that is running. */
  get isAtWork(): boolean {
    return this.current.getStore() !== undefined
  }

  /** The worker whose code is running. */
  get worker(): Worker {
    const worker = this.current.getStore()
    if (!worker) throw new Error('No worker is running this')
    return worker
  }

  start(job: Job, run: () => Promise<unknown>, onEnd: (end: End) => void = () => undefined): void {
    void this.attend(new Worker(job, this.world, () => this.wake()), run, onEnd)
  }

  private async attend(
    worker: Worker,
    run: () => Promise<unknown>,
    onEnd: (end: End) => void,
  ): Promise<void> {
    this.working.add(worker)
    worker.tell('begins')
    const work = this.current.run(worker, async () => this.work(worker, run))
    const end = await Promise.race([work, worker.death])
    this.working.delete(worker)
    worker.tell(end)
    onEnd(end)
    this.wake()
  }

  private async work(worker: Worker, run: () => Promise<unknown>): Promise<End> {
    try {
      await run()
      return 'done'
    } catch (error) {
      const failure = asVisionError(error)
      if (!failure) this.bugs.push({ worker: worker.job.name, error, imageId: worker.job.imageId })
      worker.tell(`throws ${failure?.code ?? String(error)}`)
      return 'failed'
    }
  }

  /** Lets time pass until nothing is to come that anybody waits for, and nobody is at work. */
  async drain(): Promise<void> {
    const { clock } = this.world
    while (clock.foreground > 0 || this.working.size > 0) {
      if (this.hasRoom()) clock.step()
      else await this.somethingHappens()
    }
  }

  private hasRoom(): boolean {
    const { nextMs } = this.world.clock
    if (nextMs === undefined) return false
    const active = [...this.working].filter(({ activeSinceMs }) => activeSinceMs !== undefined)
    if (active.length >= MOST) return false
    return active.every(({ activeSinceMs }) => nextMs <= activeSinceMs! + LONGEST_WORK_MS)
  }

  private async somethingHappens(): Promise<void> {
    let watchdog: NodeJS.Timeout | undefined
    const stuck = new Promise((_, reject) => {
      watchdog = setTimeout(() => {
        const names = [...this.working].map(({ job }) => job.name)
        reject(new Error(`Nothing has happened for ${WATCHDOG_MS} ms; at work: ${names.join(', ')}`))
      }, WATCHDOG_MS)
    })
    const woken = new Promise<void>((resolve) => {
      this.wake = resolve
    })
    try {
      await Promise.race([woken, stuck])
    } finally {
      clearTimeout(watchdog)
    }
  }
}
