import type { Photo } from '../../functions/src/document/annotation.ts'
import { isToDelete } from '../../functions/src/document/claim.ts'
import { resultPaths } from '../../functions/src/document/storage-paths.ts'
import { VisionError } from '../../functions/src/errors.ts'
import type { PhotoStore } from '../../functions/src/ports/photo-store.ts'
import type { ObjectLister } from '../../functions/src/ports/upkeep.ts'
import type { Run } from './ports.ts'
import { ABOUT, type LiveObject, photoOf, type World } from './world.ts'

const { home: HOME } = resultPaths({ ...ABOUT, generation: '' })

/**
 * stores/cloud-storage/cloud-storage-photos.ts over a bucket that, like the emulator's, ignores
 * preconditions.
 */
export function photoPort({ worker }: Run, world: World): PhotoStore {
  return {
    readLive: async () => {
      throw new Error('The model check has no calls about images')
    },
    async findUpload() {
      const early = worker.foundEarly
      worker.foundEarly = undefined
      const object = early
        ? early.object
        : await worker.call('storage', 'find the object', () => world.object)
      return object && photoOf(object.generation)
    },
    async readUpload(photo) {
      const [reading, live] = await Promise.allSettled([
        worker.call('storage', 'read the object', () => world.object),
        worker.call('storage', 'look the object up', () => checkLive(photo, world.object)),
      ])
      if (live.status === 'rejected') throw live.reason
      if (reading.status === 'rejected') throw reading.reason
      const read = reading.value
      if (world.mechanisms.comparesAfterRead && read?.generation !== photo.generation)
        await worker.call('storage', 'compare the generation', () => checkLive(photo, world.object))
      const content = read?.content
      if (!content) throw new VisionError('object-gone', 'Deleted')
      await worker.call('storage', 'decode', () => undefined, content.kind === 'deadly')
      return Buffer.from(JSON.stringify(content))
    },
    async readResult(_, path) {
      const file = await worker.call('storage', 'read a result', () => world.files.get(path))
      return file?.bytes
    },
    async writeResult(_, path, bytes) {
      const name = `write ${path.slice(HOME.length)}`
      await worker.call('storage', name, () => world.writeFile(path, bytes))
    },
    async deleteResults(photo, which) {
      const paths = await worker.call('storage', 'list the results', () => [...world.files.keys()])
      for (const path of paths) {
        if (isToDelete(path.slice(HOME.length), photo, which))
          await worker.call('storage', `delete ${path.slice(HOME.length)}`, () => world.deleteFile(path))
      }
    },
  }
}

function checkLive(photo: Photo, object: LiveObject | undefined): void {
  if (!object) throw new VisionError('object-gone', 'Deleted')
  if (object.generation !== photo.generation) throw new VisionError('object-superseded', 'Replaced')
}

/** Before the virtual time begins. */
const LONG_AGO_MS = -1e12

/** The bucket as the sweeper finds it. */
export function listerPort({ worker }: Run, world: World): ObjectLister {
  const { sweepsOldFilesOnly, sweepsSeenVersions } = world.mechanisms
  return {
    list: () =>
      worker.call('storage', 'list the bucket', () => {
        const { object } = world
        const results = [...world.files].map(([name, { version, writtenAt }]) => ({
          name,
          generation: String(version),
          createdAt: new Date(sweepsOldFilesOnly ? writtenAt : LONG_AGO_MS),
        }))
        const { name } = ABOUT
        const uploads = object
          ? [{ name, generation: object.generation, createdAt: new Date(object.createdAt) }]
          : []
        return { objects: [...uploads, ...results], nextPageToken: undefined }
      }),
    remove: (_, { name, generation }) =>
      worker.call('storage', `delete ${name.slice(HOME.length)}`, () => {
        if (!sweepsSeenVersions || world.files.get(name)?.version === Number(generation))
          world.deleteFile(name)
      }),
  }
}
