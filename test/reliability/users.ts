import { createHash } from 'node:crypto'
import type { Storage } from '@google-cloud/storage'
import { imageIdOf } from '../../functions/src/document/storage-paths.ts'
import type { Random } from '../model/random.ts'
import type { EventService, StorageObject } from './event-service.ts'
import { NO_FAULTS } from './faults.ts'
import { drawPicture, type Picture } from './picture.ts'
import type { World } from './worker.ts'
import type { Workers } from './workers.ts'

/** An upload, with the truth about its image. */
export type Upload = Omit<Picture, 'png'> & { object: StorageObject; sha256: string }

const OWNERS = 5
const RATES = { overwritten: 0.4, deleted: 0.25, uploadedAgain: 0.4 }

/** Between the first uploads of two photos: short enough that workers overlap. */
const PAUSE_MS = 10_000

type Action = 'upload' | 'delete'

/** Users who upload, overwrite and delete photos. */
export class Users {
  /** All uploads, by image id and generation. */
  readonly uploads = new Map<string, Upload>()
  private readonly names = new Map<string, string>()
  private readonly live = new Map<string, StorageObject>()
  private pictures = 0
  private readonly world: World
  private readonly workers: Workers
  private readonly random: Random
  private readonly events: EventService
  private readonly bucket: ReturnType<Storage['bucket']>
  /** Write times by the virtual clock; the emulator knows only real time. */
  private readonly writtenAt: Map<string, Date>

  constructor(
    world: World,
    workers: Workers,
    random: Random,
    events: EventService,
    bucket: ReturnType<Storage['bucket']>,
    writtenAt: Map<string, Date>,
  ) {
    this.world = world
    this.workers = workers
    this.random = random
    this.events = events
    this.bucket = bucket
    this.writtenAt = writtenAt
  }

  /** Schedules the actions of users, until there are this many uploads. */
  plan(uploads: number): void {
    for (let planned = 0, photo = 0; planned < uploads; photo++) {
      const actions = this.actionsOf(uploads - planned)
      planned += actions.filter((action) => action === 'upload').length
      const name = `users/owner${photo % OWNERS}/uploads/${photo}.png`
      this.actAfter(photo * PAUSE_MS, name, actions)
    }
  }

  uploadOf(imageId: string, generation: string): Upload | undefined {
    return this.uploads.get(`${imageId} ${generation}`)
  }

  imageIdOf(name: string): string {
    return imageIdOf(this.bucket.name, name)
  }

  /** Publishes the event of the live upload once more. */
  publishAgain(name: string): void {
    const object = this.live.get(name)
    if (object) this.events.publish('finalized', object)
  }

  nameOf(imageId: string): string | undefined {
    return this.names.get(imageId)
  }

  private actionsOf(most: number): Action[] {
    const { random } = this
    const actions: Action[] = ['upload']
    while (actions.length < most && random.chance(RATES.overwritten)) actions.push('upload')
    if (random.chance(RATES.deleted)) {
      const isUploadedAgain = actions.length < most && random.chance(RATES.uploadedAgain)
      actions.push('delete', ...(isUploadedAgain ? (['upload'] as const) : []))
    }
    return actions
  }

  private actAfter(delayMs: number, name: string, [action, ...rest]: Action[]): void {
    if (!action) return
    this.world.clock.after(delayMs, () => {
      const job = { name: 'user', imageId: this.imageIdOf(name), faults: NO_FAULTS }
      this.workers.start(
        job,
        async () => (action === 'upload' ? this.upload(name) : this.delete(name)),
        // Sometimes at once, during the run; sometimes long after it.
        () => this.actAfter(this.random.wait(100, 3_600_000), name, rest),
      )
    })
  }

  /** Must run as a worker. */
  async upload(name: string): Promise<void> {
    const { png, ...picture } = await drawPicture(this.pictures++)
    const file = this.bucket.file(name)
    await file.save(png, { resumable: false, contentType: 'image/png' })
    this.writtenAt.set(name, this.world.clock.now())
    const generation = String((await file.getMetadata())[0].generation)
    const imageId = this.imageIdOf(name)
    const object = {
      imageId,
      bucket: this.bucket.name,
      name,
      generation,
      contentType: 'image/png',
      size: png.length,
    }
    const before = this.live.get(name)
    if (before && BigInt(before.generation) >= BigInt(generation))
      throw new Error('The emulator reused a generation')
    const sha256 = createHash('sha256').update(png).digest('hex')
    this.uploads.set(`${imageId} ${generation}`, { ...picture, object, sha256 })
    this.live.set(name, object)
    this.names.set(imageId, name)
    this.world.tally.count('uploads')
    this.workers.worker.trace(`uploads ${generation}`)
    // Cloud Storage also publishes the deletion of the overwritten generation; the emulator does not.
    if (before) this.events.publish('deleted', before)
    this.events.publish('finalized', object)
  }

  /** Must run as a worker. */
  async delete(name: string): Promise<void> {
    const object = this.live.get(name)
    if (!object) return
    await this.bucket.file(name).delete()
    this.live.delete(name)
    this.world.tally.count('deletions')
    this.workers.worker.trace(`deletes ${object.generation}`)
    this.events.publish('deleted', object)
  }
}
