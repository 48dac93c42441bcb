import type { DocumentReference, Firestore } from 'firebase-admin/firestore'

/** The parent of the collections with the functions' own state: the database, or one document in it. */
export type StateRoot = Firestore | DocumentReference

const INSTANCES = 'firesight'

/**
 * Where an instance keeps its state: circuits, sweeps, backfills, erasures, records of model files and the
 * kill switch. TTL policies and index exemptions apply to collections of a name, wherever they are.
 * @param instanceId FIREBASE_KIT_INSTANCE_ID: the state is below `firesight/{instanceId}`. Undefined or
 *   empty: at the top level
 */
export function stateRoot(firestore: Firestore, instanceId: string | undefined): StateRoot {
  return instanceId ? firestore.collection(INSTANCES).doc(instanceId) : firestore
}
