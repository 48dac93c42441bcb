import { type Firestore, Timestamp } from 'firebase-admin/firestore'
import type { ModelFileStore } from '../../ports/model-files.ts'
import { toFirestore } from './firestore-failure.ts'

const COLLECTION = 'modelFiles'

/** `modelFiles/{key}` in Firestore. A TTL policy on `expireAt` deletes records when their files expire. */
export function firestoreModelFiles(firestore: Firestore): ModelFileStore {
  const documentOf = (key: string) => firestore.collection(COLLECTION).doc(key)
  return {
    async get(key) {
      const snapshot = await toFirestore(async () => documentOf(key).get())
      const data = snapshot.data() as { uri: string; expireAt: Timestamp } | undefined
      return data && { uri: data.uri, expiresAt: data.expireAt.toDate() }
    },
    async put(key, { uri, expiresAt }) {
      const fields = { uri, expireAt: Timestamp.fromDate(expiresAt) }
      await toFirestore(async () => documentOf(key).set(fields))
    },
    async remove(key) {
      await toFirestore(async () => documentOf(key).delete())
    },
  }
}
