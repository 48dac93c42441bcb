import { BACKFILL_RUN, LEASE_SECONDS } from '../../functions/src/config/time-limits.ts'
import { imageIdOf } from '../../functions/src/document/storage-paths.ts'
import type { PhotoQueue, QueuedPhoto } from '../../functions/src/ports/upkeep.ts'
import type { Random } from '../model/random.ts'
import type { Faults, JobKind } from './faults.ts'
import type { World } from './worker.ts'
import type { Workers } from './workers.ts'

/** `QUEUE_OPTIONS` and `BACKFILL_OPTIONS`: five attempts. The first pause is doubled each time. */
const MAX_ATTEMPTS = 5
const FIRST_PAUSE_MS = 60_000
const FIRST_BACKFILL_PAUSE_MS = 150_000
/** Added to the pause of a worker of a backfill, which holds a longer lease. */
const LONGER_LEASE_MS = (BACKFILL_RUN.leaseSeconds - LEASE_SECONDS) * 1000

/** Cloud Tasks: runs each task id once, after a delay, and repeats failed attempts. */
export class TaskQueue implements PhotoQueue {
  private readonly ids = new Set<string>()
  private readonly world: World
  private readonly workers: Workers
  private readonly random: Random
  private readonly handle: (task: QueuedPhoto, id: string) => Promise<unknown>
  private readonly nextFaults: (name: string, kind: JobKind) => Faults

  constructor(
    world: World,
    workers: Workers,
    random: Random,
    handle: (task: QueuedPhoto, id: string) => Promise<unknown>,
    nextFaults: (name: string, kind: JobKind) => Faults,
  ) {
    this.world = world
    this.workers = workers
    this.random = random
    this.handle = handle
    this.nextFaults = nextFaults
  }

  async enqueue(photo: QueuedPhoto, id: string): Promise<'enqueued' | 'known'> {
    if (!/^[\w-]{1,500}$/.test(id)) throw new Error(`Invalid task id: ${id}`)
    if (this.ids.has(id)) return 'known'
    this.ids.add(id)
    // The handler gets the JSON of the request body.
    const task = JSON.parse(JSON.stringify(photo)) as QueuedPhoto
    this.dispatchAfter(this.random.wait(500, 120_000), task, id, 1)
    return 'enqueued'
  }

  private dispatchAfter(delayMs: number, task: QueuedPhoto, id: string, attempt: number): void {
    this.world.clock.after(delayMs, () => {
      const isBackfill = task.backfill !== undefined
      this.world.tally.count(isBackfill ? 'backfill tasks' : 'tasks')
      const imageId = imageIdOf(task.bucket, task.name)
      const faults = { ...this.nextFaults(task.name, 'task') }
      if (isBackfill && faults.pauseMs !== undefined) faults.pauseMs += LONGER_LEASE_MS
      const firstPauseMs = isBackfill ? FIRST_BACKFILL_PAUSE_MS : FIRST_PAUSE_MS
      const job = { name: `task ${id.slice(44)}#${attempt}`, imageId, faults }
      this.workers.start(
        job,
        async () => this.handle(task, id),
        (end) => {
          if (end !== 'done' && attempt < MAX_ATTEMPTS)
            this.dispatchAfter(firstPauseMs * 2 ** (attempt - 1), task, id, attempt + 1)
        },
      )
    })
  }
}
