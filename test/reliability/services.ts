import { createHash, randomUUID } from 'node:crypto'
import type { GeminiEmulator } from '@firesight/gemini-emulator'
import type { Storage } from '@google-cloud/storage'
import type { Firestore } from 'firebase-admin/firestore'
import { createGenaiModel } from '../../functions/src/model/gemini/genai-model.ts'
import { guardedModel } from '../../functions/src/model/guarded-model.ts'
import type { Services } from '../../functions/src/ports/services.ts'
import type { ObjectLister, PhotoQueue } from '../../functions/src/ports/upkeep.ts'
import type { VisionModel } from '../../functions/src/ports/vision-model.ts'
import { cloudStorageObjectLister } from '../../functions/src/stores/cloud-storage/cloud-storage-object-lister.ts'
import { cloudStoragePhotos } from '../../functions/src/stores/cloud-storage/cloud-storage-photos.ts'
import { firestoreAnnotationIndex } from '../../functions/src/stores/firestore/firestore-annotation-index.ts'
import { firestoreAnnotations } from '../../functions/src/stores/firestore/firestore-annotations.ts'
import { firestoreCircuit } from '../../functions/src/stores/firestore/firestore-circuit.ts'
import { firestoreProgress } from '../../functions/src/stores/firestore/firestore-progress.ts'
import { firestoreQuota } from '../../functions/src/stores/firestore/firestore-quota.ts'
import { httpsImages } from '../../functions/src/stores/https/https-images.ts'
import { memoryAccounts } from '../../functions/src/stores/memory/memory-accounts.ts'
import { memoryModelCopies } from '../../functions/src/stores/memory/memory-model-files.ts'
import { withFaultPoints } from './fault-points.ts'
import type { Violation } from './invariants.ts'
import { observer } from './observer.ts'
import type { Worker, World } from './worker.ts'
import type { Workers } from './workers.ts'

export type Backends = { bucket: string; database: Firestore; storage: Storage; gemini: GeminiEmulator }

type Records = {
  /** Write times of objects by the virtual clock; the emulator knows only real time. */
  writtenAt: Map<string, Date>
  /** The photo of each image that the model received, by SHA-256. */
  sentImages: Map<string, string>
  violations: Violation[]
}

/**
 * The services of `getServices()`, with the emulators, the virtual clock, and fault points around every call
 * of a port.
 */
export function simulatedServices(
  { bucket, database, storage, gemini: emulator }: Backends,
  world: World,
  workers: Workers,
  queue: PhotoQueue,
  { writtenAt, sentImages, violations }: Records,
): Services {
  const observe = observer(() => workers.worker, world, writtenAt, violations)
  const port = <T extends object>(name: string, real: T): T =>
    withFaultPoints(name, real, () => workers.worker, observe)
  // Accounts and circuits are cached by instance, and each worker is an instance of its own.
  const accountsOf = byWorker(() => port('accounts', memoryAccounts()))
  const circuits = port('circuits', firestoreCircuit(database))
  const gemini = recordImages(modelOf(emulator), workers, sentImages)
  const modelOfWorker = byWorker(() =>
    port(
      'model',
      guardedModel(gemini, circuits, () => world.clock.now()),
    ),
  )
  return {
    bucket,
    get accounts() {
      return accountsOf(workers.worker)
    },
    photos: port('photos', cloudStoragePhotos(storage, '')),
    urlImages: httpsImages(),
    quota: port('quota', firestoreQuota(database)),
    annotations: port('annotations', firestoreAnnotations(database)),
    get model() {
      return modelOfWorker(workers.worker)
    },
    modelFiles: memoryModelCopies(),
    upkeep: {
      annotations: port('annotationIndex', firestoreAnnotationIndex(database)),
      objects: port(
        'objects',
        withVirtualDates(
          cloudStorageObjectLister(storage),
          (name) => writtenAt.get(name) ?? world.clock.now(),
        ),
      ),
      queue: port('queue', queue),
      progress: port('progress', firestoreProgress(database)),
    },
    now: () => world.clock.now(),
    newToken: randomUUID,
    get shutdown() {
      return workers.worker.shutdown
    },
  }
}

function byWorker<T>(create: () => T): (worker: Worker) => T {
  const created = new WeakMap<Worker, T>()
  return (worker) => {
    const value = created.get(worker) ?? create()
    created.set(worker, value)
    return value
  }
}

function modelOf({ url }: GeminiEmulator): VisionModel {
  return createGenaiModel({
    provider: { name: 'gemini-api', apiKey: () => 'any' },
    timeoutMs: 10_000,
    baseUrl: url,
    // The waits of retries take real time.
    retry: { attempts: 2, firstWaitMs: 1, maxWaitMs: 5 },
  })
}

function recordImages(model: VisionModel, workers: Workers, sentImages: Map<string, string>): VisionModel {
  return {
    ...model,
    async generate(request, signal) {
      const { imageId } = workers.worker.job
      for (const part of request.parts) {
        if ('image' in part && imageId !== undefined)
          sentImages.set(createHash('sha256').update(part.image.data).digest('hex'), imageId)
      }
      return model.generate(request, signal)
    },
  }
}

function withVirtualDates(objects: ObjectLister, dateOf: (name: string) => Date): ObjectLister {
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
