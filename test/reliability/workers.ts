import { AsyncLocalStorage } from 'node:async_hooks'
import { asVisionError } from '../../functions/src/errors.ts'
import { type Job, Worker, type World } from './worker.ts'

export type RunEnd = 'done' | 'failed' | 'crashed'

const MAX_CONCURRENT = 12

/**
 * How far the clock may advance during the work of a worker: less than a lease, or every worker would lose
 * its lease.
 */
const MAX_WORK_MS = 60_000

/** The longest time without progress, in real time. */
const WATCHDOG_MS = 120_000

/** Runs the workers of a world, and advances its clock. */
export class Workers {
  readonly bugs: { worker: string; error: unknown; imageId: string | undefined }[] = []
  private readonly current = new AsyncLocalStorage<Worker>()
  private readonly active = new Set<Worker>()
  private readonly world: World
  private wake: () => void = () => undefined

  constructor(world: World) {
    this.world = world
  }

  /** Whether the current code belongs to a worker. */
  get hasCurrent(): boolean {
    return this.current.getStore() !== undefined
  }

  /** The worker that runs the current code. */
  get worker(): Worker {
    const worker = this.current.getStore()
    if (!worker) throw new Error('No worker runs this code')
    return worker
  }

  start(job: Job, run: () => Promise<unknown>, onEnd: (end: RunEnd) => void = () => undefined): void {
    void this.observe(new Worker(job, this.world, () => this.wake()), run, onEnd)
  }

  private async observe(
    worker: Worker,
    run: () => Promise<unknown>,
    onEnd: (end: RunEnd) => void,
  ): Promise<void> {
    this.active.add(worker)
    worker.trace('starts')
    const result = this.current.run(worker, async () => this.resultOf(worker, run))
    const end = await Promise.race([result, worker.crash])
    this.active.delete(worker)
    worker.trace(end)
    onEnd(end)
    this.wake()
  }

  private async resultOf(worker: Worker, run: () => Promise<unknown>): Promise<RunEnd> {
    try {
      await run()
      return 'done'
    } catch (error) {
      const failure = asVisionError(error)
      if (!failure) this.bugs.push({ worker: worker.job.name, error, imageId: worker.job.imageId })
      worker.trace(`throws ${failure?.code ?? String(error)}`)
      return 'failed'
    }
  }

  /** Advances the clock until no worker is active and only background actions are left. */
  async runAll(): Promise<void> {
    const { clock } = this.world
    while (clock.foreground > 0 || this.active.size > 0) {
      if (this.mayAdvance()) clock.step()
      else await this.progress()
    }
  }

  private mayAdvance(): boolean {
    const { nextMs } = this.world.clock
    if (nextMs === undefined) return false
    const working = [...this.active].filter(({ activeSinceMs }) => activeSinceMs !== undefined)
    if (working.length >= MAX_CONCURRENT) return false
    return working.every(({ activeSinceMs }) => nextMs <= activeSinceMs! + MAX_WORK_MS)
  }

  /** Resolves when a worker ends, pauses or resumes. */
  private async progress(): Promise<void> {
    let watchdog: NodeJS.Timeout | undefined
    const stuck = new Promise((_, reject) => {
      watchdog = setTimeout(() => {
        const names = [...this.active].map(({ job }) => job.name)
        reject(new Error(`No progress for ${WATCHDOG_MS} ms; active workers: ${names.join(', ')}`))
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
