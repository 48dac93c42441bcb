import { type Firestore, Timestamp } from 'firebase-admin/firestore'
import type { CircuitStore, OpenCircuit } from '../../ports/circuit-store.ts'
import { toFirestore } from './firestore-failure.ts'

const COLLECTION = 'circuits'
/** For who looks for what happened. */
const KEPT_MS = 7 * 24 * 3600 * 1000

/**
 * Circuits in Firestore, `circuits/{key}`; who has mended what opened one may delete it. A TTL policy on `expireAt` removes it a week after
 * it has closed. Of instances that open it at the same time the last one's word stands: they say nearly the same.
 */
export function firestoreCircuit(firestore: Firestore): CircuitStore {
  const documentOf = (key: string) => firestore.collection(COLLECTION).doc(key)
  return {
    async read(key) {
      const snapshot = await toFirestore(async () => documentOf(key).get())
      // Only the functions write here (firestore.rules), so the shape is ours.
      const data = snapshot.data() as { code: OpenCircuit['code']; openUntil: Timestamp } | undefined
      return data && { code: data.code, openUntil: data.openUntil.toDate() }
    },
    async open(key, { code, openUntil }, now) {
      const fields = {
        code,
        openUntil: Timestamp.fromDate(openUntil),
        expireAt: Timestamp.fromDate(new Date(openUntil.getTime() + KEPT_MS)),
        updatedAt: Timestamp.fromDate(now),
      }
      await toFirestore(async () => documentOf(key).set(fields))
    },
  }
}
