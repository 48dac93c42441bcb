import type { Flow } from './flow.ts'
import type { Workers } from './workers.ts'
import type { World } from './world.ts'

const MAX_ATTEMPTS = 5

/** Cloud Tasks: a task of a known id is not taken again; one that fails comes again, five times in all. */
export class TaskQueue {
  dispatched = 0
  private readonly known = new Set<string>()
  private readonly world: World
  private readonly workers: Workers
  private readonly handle: (world: World) => Flow<unknown>

  constructor(world: World, workers: Workers, handle: (world: World) => Flow<unknown>) {
    this.world = world
    this.workers = workers
    this.handle = handle
  }

  enqueue(id: string): void {
    if (this.known.has(id)) return
    this.known.add(id)
    this.dispatchAfter(this.world.random.wait(500, 60_000), id, 1)
  }

  private dispatchAfter(delayMs: number, id: string, attempt: number): void {
    this.world.agenda.after(delayMs, () => {
      this.dispatched += 1
      this.workers.start(`task ${id}#${attempt}`, this.handle(this.world), (end) => {
        if (end !== 'done' && attempt < MAX_ATTEMPTS)
          this.dispatchAfter(60_000 * 2 ** (attempt - 1), id, attempt + 1)
      })
    })
  }
}
