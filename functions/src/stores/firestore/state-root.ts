import type { DocumentReference, Firestore } from 'firebase-admin/firestore'
import { STATE_COLLECTIONS } from '../../document/state-collections.ts'

/** The parent of the collections with the functions' own state: the database, or one document in it. */
export type StateRoot = Firestore | DocumentReference

/**
 * Where an instance keeps its state: circuits, sweeps, backfills, erasures, records of model files and the
 * kill switch. TTL policies and index exemptions apply to all collections of a name.
 * @param instanceId FIREBASE_KIT_INSTANCE_ID: the state is below `firesight/{instanceId}`. Undefined or
 *   empty: at the top level
 */
export function stateRoot(firestore: Firestore, instanceId: string | undefined): StateRoot {
  return instanceId ? firestore.collection(STATE_COLLECTIONS.instances).doc(instanceId) : firestore
}
