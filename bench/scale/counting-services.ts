import { randomUUID } from 'node:crypto'
import { imageIdOf } from '../../functions/src/document/storage-paths.ts'
import type { Services } from '../../functions/src/ports/services.ts'
import type { IndexEntry, LiveEntry, OwnedEntry, Upkeep } from '../../functions/src/ports/upkeep.ts'
import type { VisionModel } from '../../functions/src/ports/vision-model.ts'
import { DUE_SHARDS } from '../../functions/src/stores/firestore/due-shards.ts'
import { httpsImages } from '../../functions/src/stores/https/https-images.ts'
import { memoryAccounts } from '../../functions/src/stores/memory/memory-accounts.ts'
import { memoryModelCopies } from '../../functions/src/stores/memory/memory-model-files.ts'
import { memoryAnnotations, memoryPhotos } from '../../functions/src/stores/memory/memory-photos.ts'
import { unlimitedQuota } from '../../functions/src/stores/memory/memory-quota.ts'
import { memoryUpkeep } from '../../functions/src/stores/memory/memory-upkeep.ts'
import type { Counter } from './counts.ts'
import { BUCKET, entryOf, type Library } from './library.ts'

/** As in cloud-storage-object-lister.ts. */
const PAGE = 1000

/**
 * The ports of a sweep over a library, with the billed operations of their adapters in production (`stores/`).
 * Nothing in the library is wrong, so a sweep that writes to it has a fault.
 */
export function countingServices(library: Library, counter: Counter, now: () => Date): Services {
  const { records, uploads } = memoryModelCopies()
  return {
    bucket: BUCKET,
    accounts: memoryAccounts(),
    annotations: { ...memoryAnnotations(), claim: refuse, update: refuse, remove: refuse },
    photos: {
      ...memoryPhotos(),
      async findUpload(bucket, name) {
        counter.add('storageClassB')
        const photo = library.find(imageIdOf(BUCKET, name))
        return photo && { ...photo, bucket, contentType: 'image/jpeg', sizeBytes: 3_000_000 }
      },
      deleteResults: refuse,
    },
    urlImages: httpsImages(),
    quota: unlimitedQuota(),
    model: noModel,
    modelFiles: {
      uploads,
      records: {
        ...records,
        marked: async (limit) => counter.query(await records.marked(limit)),
        after: async (key, limit) => counter.query(await records.after(key, limit)),
      },
    },
    upkeep: countingUpkeep(library, counter),
    now,
    newToken: randomUUID,
  }
}

function countingUpkeep(library: Library, counter: Counter): Upkeep {
  const memory = memoryUpkeep(
    () => new Map(),
    () => new Map(),
  )
  // No photo of the library is due.
  const noneDue = async (queries: number): Promise<LiveEntry[]> => {
    counter.add('firestoreReads', queries)
    return []
  }
  return {
    annotations: {
      due: async () => noneDue(DUE_SHARDS),
      dueAfterOwner: async () => noneDue(1),
      async find(imageIds) {
        counter.add('firestoreReads', imageIds.length)
        return new Map(
          imageIds.flatMap((imageId): [string, IndexEntry][] => {
            const photo = library.find(imageId)
            return photo ? [[imageId, entryOf(photo)]] : []
          }),
        )
      },
      after: async (imageId, limit, end?: string) =>
        counter.query(library.after(imageId, limit, end).map(entryOf)),
      ofOwner: async (): Promise<OwnedEntry[]> => refuse(),
    },
    objects: {
      async list(bucket, prefix, pageToken, range?: { from?: string; to?: string }) {
        counter.add('storageClassA')
        return library.list(bucket, prefix, pageToken, PAGE, range)
      },
      remove: refuse,
    },
    queue: { enqueue: refuse },
    progress: {
      async read(path) {
        counter.add('firestoreReads')
        return memory.progress.read(path)
      },
      async change(path, change) {
        counter.add('firestoreReads')
        const changed = await memory.progress.change(path, change)
        if (changed) counter.add('firestoreWrites')
        return changed
      },
      withState: async (...args) => counter.query(await memory.progress.withState(...args)),
      due: async (...args) => counter.query(await memory.progress.due(...args)),
    },
  }
}

async function refuse(): Promise<never> {
  throw new Error('The sweep changes a library in which nothing is wrong')
}

const noModel: VisionModel = {
  provider: 'gemini-api',
  generate: refuse,
  stream() {
    throw new Error('A sweep asks no model')
  },
}
