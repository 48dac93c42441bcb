import { type Firestore, Timestamp } from 'firebase-admin/firestore'
import type { ProgressStore } from '../../ports/progress-store.ts'
import { toFirestore } from './firestore-failure.ts'

/** Progress in Firestore documents, which operators can watch. */
export function firestoreProgress(firestore: Firestore): ProgressStore {
  return {
    async read(path) {
      return plain((await toFirestore(async () => firestore.doc(path).get())).data())
    },
    async change(path, change) {
      const document = firestore.doc(path)
      return toFirestore(async () =>
        firestore.runTransaction(async (transaction) => {
          const changed = change(plain((await transaction.get(document)).data()))
          if (changed) transaction.set(document, changed)
          return changed
        }),
      )
    },
    async withState(collection, state, limit) {
      const query = firestore.collection(collection).where('state', '==', state).limit(limit)
      return (await toFirestore(async () => query.get())).docs.map(({ id }) => id)
    },
  }
}

/** Firestore gives dates as Timestamps; progress has them at its top level only. */
function plain(data: FirebaseFirestore.DocumentData | undefined): unknown {
  if (!data) return undefined
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, value instanceof Timestamp ? value.toDate() : value]),
  )
}
