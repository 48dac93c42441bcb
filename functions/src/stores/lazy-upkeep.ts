import type { Storage } from '@google-cloud/storage'
import type { Firestore } from 'firebase-admin/firestore'
import type { Config } from '../config/config.ts'
import type { AnnotationIndex, ObjectLister, PhotoQueue, ProgressStore, Upkeep } from '../ports/upkeep.ts'
import type { StateRoot } from './firestore/state-root.ts'
import { lazyPort } from './lazy-port.ts'

/** Loads the client of Cloud Storage with its first call. */
export type LazyStorage = () => Promise<Storage>

/** `kit`: FIREBASE_KIT_INSTANCE_ID. The names of a kit's queues contain it. */
type Backends = {
  database: Firestore
  state: StateRoot
  storage: LazyStorage
  region: string
  kit: string | undefined
}

/** The adapters of maintenance, each loaded with its first call: photos and most calls need none of them. */
export function lazyUpkeep(config: Config, { database, state, storage, region, kit }: Backends): Upkeep {
  const loadIndex = async () => {
    const file = await import('./firestore/firestore-annotation-index.ts')
    return file.firestoreAnnotationIndex(database, config.imagesCollection)
  }
  const loadLister = async () => {
    const [{ cloudStorageObjectLister }, { resultMark }] = await Promise.all([
      import('./cloud-storage/cloud-storage-object-lister.ts'),
      import('./cloud-storage/result-mark.ts'),
    ])
    return cloudStorageObjectLister(await storage(), resultMark(config))
  }
  const loadProgress = async () =>
    (await import('./firestore/firestore-progress.ts')).firestoreProgress(state)
  return {
    annotations: lazyPort<AnnotationIndex>(loadIndex, {
      due: true,
      dueAfterOwner: true,
      find: true,
      after: true,
      ofOwner: true,
    }),
    objects: lazyPort<ObjectLister>(loadLister, { list: true, remove: true }),
    progress: lazyPort<ProgressStore>(loadProgress, { read: true, change: true, withState: true, due: true }),
    queue: lazyQueue(region, kit),
  }
}

function lazyQueue(region: string, kit: string | undefined): PhotoQueue {
  let loaded: PhotoQueue | undefined
  const load = async () => {
    const [{ cloudTasksQueue }, { logQueueLimitation }] = await Promise.all([
      import('./cloud-tasks/cloud-tasks-queue.ts'),
      import('./log-queue.ts'),
    ])
    loaded = cloudTasksQueue(region, kit, { warn: logQueueLimitation })
    return loaded
  }
  const { enqueue } = lazyPort<Pick<PhotoQueue, 'enqueue'>>(load, { enqueue: true })
  // A limitation is known only after a task was queued.
  return { enqueue, limitation: () => loaded?.limitation?.() }
}
