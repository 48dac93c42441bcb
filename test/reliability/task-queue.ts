import { imageIdOf } from '../../functions/src/document/storage-paths.ts'
import type { PhotoQueue, QueuedPhoto } from '../../functions/src/ports/upkeep.ts'
import type { Random } from '../model/random.ts'
import type { Crew } from './crew.ts'
import type { Fate } from './fate.ts'
import type { World } from './worker.ts'

/** As `onPhotoQueued` is deployed: five tries, 60, 120, 240 and 480 s apart. */
const TRIES = 5
const FIRST_PAUSE_MS = 60_000

/** Cloud Tasks: each id once, after a while, a few times if it fails. */
export class TaskQueue implements PhotoQueue {
  private readonly ids = new Set<string>()
  private readonly world: World
  private readonly crew: Crew
  private readonly random: Random
  private readonly handle: (task: QueuedPhoto, id: string) => Promise<unknown>
  private readonly nextFate: (name: string) => Fate

  constructor(
    world: World,
    crew: Crew,
    random: Random,
    handle: (task: QueuedPhoto, id: string) => Promise<unknown>,
    nextFate: (name: string) => Fate,
  ) {
    this.world = world
    this.crew = crew
    this.random = random
    this.handle = handle
    this.nextFate = nextFate
  }

  async enqueue(photo: QueuedPhoto, id: string): Promise<'enqueued' | 'known'> {
    if (!/^[\w-]{1,500}$/.test(id)) throw new Error(`Cloud Tasks takes no id such as ${id}`)
    if (this.ids.has(id)) return 'known'
    this.ids.add(id)
    // As it comes out of the request's body.
    const task = JSON.parse(JSON.stringify(photo)) as QueuedPhoto
    this.dispatchAfter(this.random.wait(500, 120_000), task, id, 1)
    return 'enqueued'
  }

  private dispatchAfter(delayMs: number, task: QueuedPhoto, id: string, attempt: number): void {
    this.world.clock.after(delayMs, () => {
      this.world.tally.count('tasks')
      const imageId = imageIdOf(task.bucket, task.name)
      const job = { name: `task ${id.slice(44)}#${attempt}`, imageId, fate: this.nextFate(task.name) }
      this.crew.start(
        job,
        async () => this.handle(task, id),
        (end) => {
          if (end !== 'done' && attempt < TRIES)
            this.dispatchAfter(FIRST_PAUSE_MS * 2 ** (attempt - 1), task, id, attempt + 1)
        },
      )
    })
  }
}
