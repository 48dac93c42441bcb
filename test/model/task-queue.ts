import { BACKFILL_TIMEOUT_SECONDS, PHOTO_TIMEOUT_SECONDS } from '../../functions/src/config/time-limits.ts'
import type { Worker, Workers } from './workers.ts'
import type { World } from './world.ts'

const MAX_ATTEMPTS = 5
/** The queues of `onPhotoQueued` and of `onBackfillQueued`. Tasks that retry are of backfills. */
const SWEEPS = { pauseMs: 60_000, timeoutSeconds: PHOTO_TIMEOUT_SECONDS }
const BACKFILLS = { pauseMs: 150_000, timeoutSeconds: BACKFILL_TIMEOUT_SECONDS }

/** Runs one task. `tries` of this task came before. */
export type TaskHandler = (retry: boolean, tries: number) => (worker: Worker) => Promise<unknown>

/**
 * Cloud Tasks: ignores a task whose id is known, and tries each up to five times (`QUEUE_OPTIONS`,
 * `BACKFILL_OPTIONS`).
 */
export class TaskQueue {
  dispatched = 0
  private readonly ids = new Set<string>()
  private readonly world: World
  private readonly workers: Workers
  private readonly handle: TaskHandler

  constructor(world: World, workers: Workers, handle: TaskHandler) {
    this.world = world
    this.workers = workers
    this.handle = handle
  }

  enqueue(id: string, retry = false): 'enqueued' | 'known' {
    if (this.ids.has(id)) return 'known'
    this.ids.add(id)
    this.dispatchAfter(this.world.random.wait(500, 60_000), id, 1, retry)
    return 'enqueued'
  }

  private dispatchAfter(delayMs: number, id: string, attempt: number, retry: boolean): void {
    this.world.scheduler.after(delayMs, () => {
      this.dispatched += 1
      const { pauseMs, timeoutSeconds } = retry ? BACKFILLS : SWEEPS
      this.workers.start(
        `task ${id.slice(-30)}#${attempt}`,
        this.handle(retry, attempt - 1),
        (end) => {
          if (end !== 'done' && attempt < MAX_ATTEMPTS)
            this.dispatchAfter(pauseMs * 2 ** (attempt - 1), id, attempt + 1, retry)
        },
        timeoutSeconds,
      )
    })
  }
}
