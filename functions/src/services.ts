import { randomUUID } from 'node:crypto'
import type { Storage } from '@google-cloud/storage'
import type { App } from 'firebase-admin/app'
import type { Firestore } from 'firebase-admin/firestore'
import type { Config } from './config/config.ts'
import { VisionError } from './errors.ts'
import type { GenaiClientOptions } from './model/gemini/genai-client.ts'
import type { ModelFileStore, ModelUploads } from './ports/model-files.ts'
import type { PhotoStore } from './ports/photo-store.ts'
import type { Services } from './ports/services.ts'
import type { StateRoot } from './stores/firestore/state-root.ts'
import { lazyPort } from './stores/lazy-port.ts'
import { type LazyStorage, lazyUpkeep } from './stores/lazy-upkeep.ts'

// The composition root: the only file that knows both the ports and the adapters behind them, with
// stores/lazy-upkeep.ts for maintenance.

let services: Promise<Services> | undefined

/** The services of this instance, built on the first call. `apiKey` is read with the first model request. */
export function getServices(config: Config, apiKey: () => string): Promise<Services> {
  services ??= buildDeployed(config, apiKey).catch((error: unknown) => {
    // The failure may be transient: the next event tries again.
    services = undefined
    throw error
  })
  return services
}

/** For tests: what `getServices` returns from now on; undefined to build anew. */
export function replaceServices(replacement: Services | undefined): void {
  services = replacement && Promise.resolve(replacement)
}

/** Importing params.ts declares parameters, which own triggers of other codebases do not need. */
async function buildDeployed(config: Config, apiKey: () => string): Promise<Services> {
  const { currentRegion } = await import('./config/params.ts')
  return buildServices(config, apiKey, { region: currentRegion() })
}

/**
 * Builds new services. Sends no request.
 * @param place the region of the queues, and the Firebase app, by default the default app
 */
export async function buildServices(
  config: Config,
  apiKey: () => string,
  place: { region: string; app?: App | undefined },
): Promise<Services> {
  const [app, auth, firestore] = await Promise.all([
    import('firebase-admin/app'),
    import('firebase-admin/auth'),
    import('firebase-admin/firestore'),
  ])
  const [accounts, annotations, quota, quotaLog, { stateRoot }] = await Promise.all([
    import('./stores/auth/firebase-accounts.ts'),
    import('./stores/firestore/firestore-annotations.ts'),
    import('./stores/firestore/firestore-quota.ts'),
    import('./stores/log-quota.ts'),
    import('./stores/firestore/state-root.ts'),
  ])
  const firebase = place.app ?? app.getApps()[0] ?? app.initializeApp()
  const bucket = uploadBucketOf(config, firebase)
  const storage = storageOf(projectOf(firebase))
  const photos = lazyPhotos(config, storage)
  const database = firestore.getFirestore(firebase, config.firestoreDatabase)
  // Read here, not on import: https://github.com/firebase/firebase-tools/issues/11085, 2026-11
  const kit = process.env.FIREBASE_KIT_INSTANCE_ID || undefined
  const state = stateRoot(database, kit)
  const counters = config.quotaScope === 'instance' ? state : database
  const { model, modelFiles } = await buildModel(config, apiKey, firebase, state, storage)
  return {
    bucket,
    accounts: accounts.firebaseAccounts(auth.getAuth(firebase)),
    photos,
    annotations: annotations.firestoreAnnotations(database, config.imagesCollection),
    urlImages: lazyPort(async () => (await import('./stores/https/https-images.ts')).httpsImages(), {
      fetch: true,
    }),
    quota: quota.firestoreQuota(counters, {
      settings: state,
      shards: config.quotaShards,
      // Of the trigger and the queues, and of the functions for calls that ask the model.
      instances: 3 * config.maxInstances + 5 * config.maxCallInstances,
      log: quotaLog.logQuota,
    }),
    upkeep: lazyUpkeep(config, { database, state, storage, region: place.region, kit }),
    ...(config.extensionCollection !== '' && {
      extensionDocuments: await buildExtensionDocuments(database, config),
    }),
    shutdown: shutdownSignal(),
    preload: () => {
      // A failure to load is reported by the first call.
      photos.load().catch(() => undefined)
    },
    model,
    modelFiles,
    now: () => new Date(),
    newToken: randomUUID,
  }
}

/** The client is loaded and created when it is first needed. */
function storageOf(projectId: string): LazyStorage {
  let storage: Storage | undefined
  return async () => {
    const gcs = await import('@google-cloud/storage')
    // Retry writes without preconditions too: repeating a write of a whole file changes nothing.
    const idempotencyStrategy = gcs.IdempotencyStrategy.RetryAlways
    storage ??= new gcs.Storage({ projectId, retryOptions: { idempotencyStrategy } })
    return storage
  }
}

function lazyPhotos(config: Config, storage: LazyStorage) {
  const load = async () => {
    const [client, { cloudStoragePhotos }, { resultMark }] = await Promise.all([
      storage(),
      import('./stores/cloud-storage/cloud-storage-photos.ts'),
      import('./stores/cloud-storage/result-mark.ts'),
    ])
    return cloudStoragePhotos(client, config.outputBucket, resultMark(config))
  }
  return lazyPort<PhotoStore>(load, {
    findUpload: true,
    readUpload: true,
    readLive: true,
    readResult: true,
    writeResult: true,
    deleteResults: true,
  })
}

async function buildModel(
  config: Config,
  apiKey: () => string,
  firebase: App,
  state: StateRoot,
  storage: LazyStorage,
): Promise<Pick<Services, 'model' | 'modelFiles'>> {
  const [genai, guarded, circuit] = await Promise.all([
    import('./model/gemini/genai-model.ts'),
    import('./model/guarded-model.ts'),
    import('./stores/firestore/firestore-circuit.ts'),
  ])
  // host:port of a local Gemini API, like the *_EMULATOR_HOST variables of the Firebase emulators.
  const emulatorHost = process.env.GEMINI_EMULATOR_HOST
  const client: GenaiClientOptions = {
    provider:
      config.provider === 'vertex-ai'
        ? { name: 'vertex-ai', project: projectOf(firebase), location: config.vertexLocation }
        : { name: 'gemini-api', apiKey: emulatorHost ? localApiKey : apiKey },
    timeoutMs: config.modelTimeoutSeconds * 1000,
    baseUrl: emulatorHost && `http://${emulatorHost}`,
  }
  const bucket = config.outputBucket || uploadBucketOf(config, firebase)
  const inCloudStorage = lazyPort<ModelUploads>(
    async () => {
      const file = await import('./stores/cloud-storage/cloud-storage-model-uploads.ts')
      return file.cloudStorageModelUploads(await storage(), bucket)
    },
    { upload: true, remove: true },
  )
  const inFilesApi =
    config.provider === 'gemini-api' &&
    lazyPort<ModelUploads>(async () => (await import('./model/gemini/files-api.ts')).filesApi(client), {
      upload: true,
      remove: true,
    })
  const records = lazyModelFiles(state)
  const model = genai.createGenaiModel({
    ...client,
    requestsPerMinute: config.modelRequestsPerMinute,
    fallbackModel: config.fallbackModel,
    files: { records, uploads: inFilesApi || inCloudStorage },
  })
  return {
    model: guarded.guardedModel(model, circuit.firestoreCircuit(state), () => new Date()),
    modelFiles: { records, uploads: { remove: async (uri) => removerOf(uri).remove(uri) } },
  }

  /** GEMINI_PROVIDER may have changed since the file was uploaded. */
  function removerOf(uri: string): ModelUploads {
    if (uri.startsWith('gs://')) return inCloudStorage
    if (inFilesApi) return inFilesApi
    throw new VisionError('model-misconfigured', 'Files of the Gemini API cannot be deleted with Vertex AI')
  }
}

/**
 * The key for a local Gemini API, which accepts any key. It is not read with `value()`, which warns about a
 * missing secret.
 */
function localApiKey(): string {
  return process.env.GEMINI_API_KEY || 'local'
}

function lazyModelFiles(state: StateRoot) {
  const load = async () =>
    (await import('./stores/firestore/firestore-model-files.ts')).firestoreModelFiles(state)
  return lazyPort<ModelFileStore>(load, {
    get: true,
    put: true,
    markToDelete: true,
    remove: true,
    ofOwner: true,
    ofPhoto: true,
    marked: true,
    after: true,
  })
}

async function buildExtensionDocuments(
  database: Firestore,
  config: Config,
): Promise<NonNullable<Services['extensionDocuments']>> {
  const { firestoreExtensionDocuments } = await import('./stores/firestore/firestore-extension-documents.ts')
  return firestoreExtensionDocuments(database, config)
}

/** UPLOAD_BUCKET, or the default bucket of the project. */
function uploadBucketOf({ uploadBucket }: Config, { options }: App): string {
  return uploadBucket || (options.storageBucket ?? '')
}

function projectOf({ options }: App): string {
  return options.projectId ?? process.env.GCLOUD_PROJECT ?? ''
}

/**
 * Aborted when the instance is about to be shut down. Cloud Run allows ten seconds between SIGTERM and
 * SIGKILL: enough to release the leases, so that other instances can resume the photos at once.
 * https://docs.cloud.google.com/run/docs/container-contract#instance-shutdown, 2026-11
 */
export function shutdownSignal(): AbortSignal {
  const controller = new AbortController()
  process.once('SIGTERM', () => {
    controller.abort(new VisionError('interrupted', 'The instance is being shut down'))
  })
  return controller.signal
}
