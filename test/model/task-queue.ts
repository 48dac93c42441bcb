import type { Worker, Workers } from './workers.ts'
import type { World } from './world.ts'

const MAX_ATTEMPTS = 5

/** Runs one task. `tries` of this task came before. */
export type TaskHandler = (retry: boolean, tries: number) => (worker: Worker) => Promise<unknown>

/** Cloud Tasks: ignores a task whose id is known, and tries each up to five times (`QUEUE_OPTIONS`). */
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
      this.workers.start(`task ${id.slice(-30)}#${attempt}`, this.handle(retry, attempt - 1), (end) => {
        if (end !== 'done' && attempt < MAX_ATTEMPTS)
          this.dispatchAfter(60_000 * 2 ** (attempt - 1), id, attempt + 1, retry)
      })
    })
  }
}
