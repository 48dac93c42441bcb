import { Timestamp } from 'firebase-admin/firestore'
import { STATE_COLLECTIONS } from '../../document/state-collections.ts'
import type { CircuitStore, OpenCircuit } from '../../ports/circuit-store.ts'
import { toFirestore } from './firestore-failure.ts'
import type { StateRoot } from './state-root.ts'

/** Kept for operators who investigate an outage. */
const KEPT_MS = 7 * 24 * 3600 * 1000

/**
 * Circuits in Firestore, `firesightCircuits/{key}`. An operator who has fixed the cause may delete the
 * document. A TTL policy on `expireAt` removes it a week after it has closed. If several instances open a
 * circuit at the same time, the last write stays.
 */
export function firestoreCircuit(root: StateRoot): CircuitStore {
  const documentOf = (key: string) => root.collection(STATE_COLLECTIONS.circuits).doc(key)
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
