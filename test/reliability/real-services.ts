import { createHash, randomUUID } from 'node:crypto'
import type { GeminiEmulator } from '@firesight/gemini-emulator'
import type { Storage } from '@google-cloud/storage'
import type { Firestore } from 'firebase-admin/firestore'
import { createGenaiModel } from '../../functions/src/model/gemini/genai-model.ts'
import type { Services } from '../../functions/src/ports/services.ts'
import type { ObjectLister, PhotoQueue } from '../../functions/src/ports/upkeep.ts'
import type { VisionModel } from '../../functions/src/ports/vision-model.ts'
import { cloudStorageObjectLister } from '../../functions/src/stores/cloud-storage/cloud-storage-object-lister.ts'
import { cloudStoragePhotos } from '../../functions/src/stores/cloud-storage/cloud-storage-photos.ts'
import { firestoreAnnotationIndex } from '../../functions/src/stores/firestore/firestore-annotation-index.ts'
import { firestoreAnnotations } from '../../functions/src/stores/firestore/firestore-annotations.ts'
import { firestoreProgress } from '../../functions/src/stores/firestore/firestore-progress.ts'
import { firestoreQuota } from '../../functions/src/stores/firestore/firestore-quota.ts'
import { httpsImages } from '../../functions/src/stores/https/https-images.ts'
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
      annotations: port('census', firestoreAnnotationIndex(database)),
      objects: port(
        'objects',
        dated(cloudStorageObjectLister(storage), (name) => writtenAt.get(name) ?? world.clock.now()),
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

function dated(objects: ObjectLister, dateOf: (name: string) => Date): ObjectLister {
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
