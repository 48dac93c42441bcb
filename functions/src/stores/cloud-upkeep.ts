import type { Storage } from '@google-cloud/storage'
import type { Firestore } from 'firebase-admin/firestore'
import { region } from '../params.ts'
import type { Upkeep } from '../sweep/upkeep.ts'
import { cloudStorageCensus } from './cloud-storage-census.ts'
import { cloudTasksQueue } from './cloud-tasks-queue.ts'
import { firestoreCensus } from './firestore-census.ts'
import { firestoreProgress } from './firestore-progress.ts'

/** What the sweeper needs, of Google Cloud. */
export function cloudUpkeep(firestore: Firestore, storage: Storage): Upkeep {
  return {
    annotations: firestoreCensus(firestore),
    objects: cloudStorageCensus(storage),
    progress: firestoreProgress(firestore),
    // Not `region.value()`: outside the Firebase CLI it gives '' for a parameter that is not set.
    queue: cloudTasksQueue(process.env.FUNCTIONS_REGION || (region.options.default as string)),
  }
}
