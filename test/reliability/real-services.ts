import { createHash, randomUUID } from 'node:crypto'
import type { GeminiEmulator } from '@firesight/gemini-emulator'
import type { Storage } from '@google-cloud/storage'
import type { Firestore } from 'firebase-admin/firestore'
import { createGenaiModel } from '../../functions/src/gemini/genai-model.ts'
import type { VisionModel } from '../../functions/src/gemini/vision-model.ts'
import type { Services } from '../../functions/src/services.ts'
import { cloudStorageCensus } from '../../functions/src/stores/cloud-storage-census.ts'
import { cloudStoragePhotos } from '../../functions/src/stores/cloud-storage-photos.ts'
import { firestoreAnnotations } from '../../functions/src/stores/firestore-annotations.ts'
import { firestoreCensus } from '../../functions/src/stores/firestore-census.ts'
import { firestoreProgress } from '../../functions/src/stores/firestore-progress.ts'
import { firestoreQuota } from '../../functions/src/stores/firestore-quota.ts'
import { httpsImages } from '../../functions/src/stores/https-images.ts'
import type { ObjectCensus } from '../../functions/src/stores/object-census.ts'
import type { PhotoQueue } from '../../functions/src/stores/photo-queue.ts'
import type { Crew } from './crew.ts'
import type { Violation } from './invariants.ts'
import { observer } from './observer.ts'
import { watched } from './ports.ts'
import type { World } from './worker.ts'

export type Clouds = { bucket: string; database: Firestore; storage: Storage; gemini: GeminiEmulator }

type Notes = {
  /** When objects were written, by the virtual clock; the emulator knows only the real one. */
  writtenAt: Map<string, Date>
  /** Which photo each image belongs to that the model was shown, by its SHA-256. */
  sentImages: Map<string, string>
  /** What must never happen, and did. */
  broken: Violation[]
}

/** The services of every worker, as `getServices` builds them, over the emulators and the virtual clock; every call of a port may be hit. */
export function realServices(
  { bucket, database, storage, gemini }: Clouds,
  world: World,
  crew: Crew,
  queue: PhotoQueue,
  { writtenAt, sentImages, broken }: Notes,
): Services {
  const observe = observer(() => crew.worker, world, writtenAt, broken)
  const port = <T extends object>(name: string, real: T): T => watched(name, real, () => crew.worker, observe)
  return {
    bucket,
    photos: port('photos', cloudStoragePhotos(storage, '')),
    urlImages: httpsImages(),
    quota: port('quota', firestoreQuota(database)),
    annotations: port('annotations', firestoreAnnotations(database)),
    model: port('model', noteImages(modelOf(gemini), crew, sentImages)),
    upkeep: {
      annotations: port('census', firestoreCensus(database)),
      objects: port(
        'objects',
        dated(cloudStorageCensus(storage), (name) => writtenAt.get(name) ?? world.clock.now()),
      ),
      queue: port('queue', queue),
      progress: port('progress', firestoreProgress(database)),
    },
    now: () => world.clock.now(),
    newToken: randomUUID,
    get shutdown() {
      return crew.worker.shutdown
    },
  }
}

function modelOf({ url }: GeminiEmulator): VisionModel {
  return createGenaiModel({
    provider: { name: 'gemini-api', apiKey: () => 'any' },
    timeoutMs: 10_000,
    baseUrl: url,
    // Real time, while the other clock is virtual.
    retry: { attempts: 2, firstWaitMs: 1, maxWaitMs: 5 },
  })
}

function noteImages(model: VisionModel, crew: Crew, sentImages: Map<string, string>): VisionModel {
  return {
    ...model,
    async generate(request, signal) {
      const { imageId } = crew.worker.job
      for (const part of request.parts) {
        if ('image' in part && imageId !== undefined)
          sentImages.set(createHash('sha256').update(part.image.data).digest('hex'), imageId)
      }
      return model.generate(request, signal)
    },
  }
}

function dated(objects: ObjectCensus, dateOf: (name: string) => Date): ObjectCensus {
  return {
    ...objects,
    async list(...args) {
      const page = await objects.list(...args)
      return {
        ...page,
        objects: page.objects.map((object) => ({ ...object, createdAt: dateOf(object.name) })),
      }
    },
  }
}
