import { randomUUID } from 'node:crypto'
import type { Config } from './config.ts'
import type { GenaiClientOptions } from './gemini/genai-client.ts'
import type { ModelUploads } from './gemini/model-files.ts'
import type { VisionModel } from './gemini/vision-model.ts'
import type { AnnotationStore } from './stores/annotation-store.ts'
import type { PhotoStore } from './stores/photo-store.ts'
import type { QuotaStore } from './stores/quota-store.ts'
import type { UrlImages } from './stores/url-images.ts'
import type { Upkeep } from './sweep/upkeep.ts'

/** Everything outside that photos and calls need. */
export type Services = {
  /** The bucket of uploads. */
  bucket: string
  photos: PhotoStore
  urlImages: UrlImages
  quota: QuotaStore
  annotations: AnnotationStore
  model: VisionModel
  upkeep: Upkeep
  now: () => Date
  /** Aborted, with `interrupted` as its reason, when the instance is about to be shut down. */
  shutdown?: AbortSignal
  /** Names the holder of a lease, or an answer; never the same twice. Letters, digits and dashes. */
  newToken: () => string
}

let services: Promise<Services> | undefined

/** The services of this instance, built on the first call. `apiKey` is asked for with the first request to the Gemini API. */
export function getServices(config: Config, apiKey: () => string): Promise<Services> {
  services ??= buildServices(config, apiKey).catch((error: unknown) => {
    // The next event may find what this one lacked.
    services = undefined
    throw error
  })
  return services
}

/** For tests: what `getServices` gives from now on; undefined to build anew. */
export function replaceServices(replacement: Services | undefined): void {
  services = replacement && Promise.resolve(replacement)
}

async function buildServices(config: Config, apiKey: () => string): Promise<Services> {
  const [app, firestore, gcs, annotations, photos, quota, urlImages, upkeep, shutdown] = await Promise.all([
    import('firebase-admin/app'),
    import('firebase-admin/firestore'),
    import('@google-cloud/storage'),
    import('./stores/firestore-annotations.ts'),
    import('./stores/cloud-storage-photos.ts'),
    import('./stores/firestore-quota.ts'),
    import('./stores/https-images.ts'),
    import('./stores/cloud-upkeep.ts'),
    import('./handlers/shutdown.ts'),
  ])
  const [genai, guarded, modelFiles, circuit] = await Promise.all([
    import('./gemini/genai-model.ts'),
    import('./gemini/guarded-model.ts'),
    import('./stores/firestore-model-files.ts'),
    import('./stores/firestore-circuit.ts'),
  ])
  const firebase = app.getApps()[0] ?? app.initializeApp()
  // host:port of a local Gemini API, like the *_EMULATOR_HOST variables of the Firebase emulators.
  const emulatorHost = process.env.GEMINI_EMULATOR_HOST
  const project = firebase.options.projectId ?? process.env.GCLOUD_PROJECT ?? ''
  // Retried also without preconditions, which is off by default: each result is written as a whole, so twice is once.
  const { RetryAlways } = gcs.IdempotencyStrategy
  const storage = new gcs.Storage({ projectId: project, retryOptions: { idempotencyStrategy: RetryAlways } })
  const database = firestore.getFirestore(firebase)
  const genaiClient: GenaiClientOptions = {
    provider:
      config.provider === 'vertex-ai'
        ? { name: 'vertex-ai', project, location: config.vertexLocation }
        : { name: 'gemini-api', apiKey },
    timeoutMs: config.modelTimeoutSeconds * 1000,
    baseUrl: emulatorHost && `http://${emulatorHost}`,
  }
  const modelUploads = async (): Promise<ModelUploads> => {
    if (config.provider === 'gemini-api') return (await import('./gemini/files-api.ts')).filesApi(genaiClient)
    const { cloudStorageModelUploads } = await import('./stores/cloud-storage-model-uploads.ts')
    return cloudStorageModelUploads(storage, config.outputBucket || (firebase.options.storageBucket ?? ''))
  }
  const model = genai.createGenaiModel({
    ...genaiClient,
    fallbackModel: config.fallbackModel,
    files: { records: modelFiles.firestoreModelFiles(database), uploads: await modelUploads() },
  })
  const now = () => new Date()
  return {
    bucket: firebase.options.storageBucket ?? '',
    photos: photos.cloudStoragePhotos(storage, config.outputBucket),
    annotations: annotations.firestoreAnnotations(database),
    urlImages: urlImages.httpsImages(),
    quota: quota.firestoreQuota(database),
    upkeep: upkeep.cloudUpkeep(database, storage),
    shutdown: shutdown.shutdown,
    model: guarded.guardedModel(model, circuit.firestoreCircuit(database), now),
    now,
    newToken: randomUUID,
  }
}
