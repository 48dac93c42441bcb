import { imageIdOf } from '../../functions/src/document/storage-paths.ts'
import type { PhotoQueue, QueuedPhoto } from '../../functions/src/ports/upkeep.ts'
import type { Random } from '../model/random.ts'
import type { Faults } from './faults.ts'
import type { World } from './worker.ts'
import type { Workers } from './workers.ts'

/** `QUEUE_OPTIONS`: five attempts, 60, 120, 240 and 480 s apart. */
const MAX_ATTEMPTS = 5
const FIRST_PAUSE_MS = 60_000

/** Cloud Tasks: runs each task id once, after a delay, and repeats failed attempts. */
export class TaskQueue implements PhotoQueue {
  private readonly ids = new Set<string>()
  private readonly world: World
  private readonly workers: Workers
  private readonly random: Random
  private readonly handle: (task: QueuedPhoto, id: string) => Promise<unknown>
  private readonly nextFaults: (name: string) => Faults

  constructor(
    world: World,
    workers: Workers,
    random: Random,
    handle: (task: QueuedPhoto, id: string) => Promise<unknown>,
    nextFaults: (name: string) => Faults,
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
      this.world.tally.count('tasks')
      const imageId = imageIdOf(task.bucket, task.name)
      const job = { name: `task ${id.slice(44)}#${attempt}`, imageId, faults: this.nextFaults(task.name) }
      this.workers.start(
        job,
        async () => this.handle(task, id),
        (end) => {
          if (end !== 'done' && attempt < MAX_ATTEMPTS)
            this.dispatchAfter(FIRST_PAUSE_MS * 2 ** (attempt - 1), task, id, attempt + 1)
        },
      )
    })
  }
}
