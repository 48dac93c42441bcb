import { type Firestore, Timestamp } from 'firebase-admin/firestore'
import type { ModelFileStore } from '../../ports/model-files.ts'

const COLLECTION = 'modelFiles'

/** Records of model files in Firestore, `modelFiles/{key}`; a TTL policy on `expireAt` removes them with their files. */
export function firestoreModelFiles(firestore: Firestore): ModelFileStore {
  const documentOf = (key: string) => firestore.collection(COLLECTION).doc(key)
  return {
    async get(key) {
      const data = (await documentOf(key).get()).data() as { uri: string; expireAt: Timestamp } | undefined
      return data && { uri: data.uri, expiresAt: data.expireAt.toDate() }
    },
    async put(key, { uri, expiresAt }) {
      await documentOf(key).set({ uri, expireAt: Timestamp.fromDate(expiresAt) })
    },
    async remove(key) {
      await documentOf(key).delete()
    },
  }
}
