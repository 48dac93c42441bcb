import { type DocumentReference, Timestamp } from 'firebase-admin/firestore'
import type { StatePath } from '../../document/state-collections.ts'
import type { ProgressStore } from '../../ports/upkeep.ts'
import { toFirestore } from './firestore-failure.ts'
import type { StateRoot } from './state-root.ts'

/** Progress in Firestore documents, visible to operators. */
export function firestoreProgress(root: StateRoot): ProgressStore {
  const documentOf = (path: StatePath): DocumentReference => {
    const [collection = '', id = ''] = path.split('/')
    return root.collection(collection).doc(id)
  }
  return {
    async read(path) {
      return withDates((await toFirestore(async () => documentOf(path).get())).data())
    },
    async change(path, change) {
      const document = documentOf(path)
      return toFirestore(async () =>
        document.firestore.runTransaction(async (transaction) => {
          const changed = change(withDates((await transaction.get(document)).data()))
          if (changed) transaction.set(document, changed)
          return changed
        }),
      )
    },
    async withState(collection, state, limit) {
      const query = root.collection(collection).where('state', '==', state).limit(limit)
      return (await toFirestore(async () => query.get())).docs.map(({ id }) => id)
    },
    async due(collection, now, limit) {
      const query = root
        .collection(collection)
        .where('dueAt', '<=', now)
        .orderBy('dueAt')
        .select()
        .limit(limit)
      return (await toFirestore(async () => query.get())).docs.map(({ id }) => id)
    },
  }
}

/** Firestore returns dates as Timestamps. Progress has dates only at its top level. */
function withDates(data: FirebaseFirestore.DocumentData | undefined): unknown {
  if (!data) return undefined
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, value instanceof Timestamp ? value.toDate() : value]),
  )
}
