import { FieldPath, type Firestore, type QueryDocumentSnapshot } from 'firebase-admin/firestore'
import {
  type AnnotationIndex,
  FILE_FIELDS,
  type IndexEntry,
  type LiveEntry,
  type OwnedEntry,
} from '../../ports/upkeep.ts'
import { firstOfShards } from './due-shards.ts'
import { ANNOTATIONS, toAnnotation } from './firestore-annotations.ts'
import { toFirestore } from './firestore-failure.ts'

const FIELDS = [
  'owner',
  'bucket',
  'name',
  'generation',
  'contentType',
  'sizeBytes',
  'status',
  'error',
  'updatedAt',
  'dueAt',
  'dueShard',
]
/** A document can have up to 1 MiB, so this bounds the memory. */
const DOCUMENTS_AT_A_TIME = 50

/** Lists the documents `images/{imageId}`. */
export function firestoreAnnotationIndex(
  firestore: Firestore,
  collection: string = ANNOTATIONS,
): AnnotationIndex {
  const images = firestore.collection(collection)
  return {
    async due(now, limit, after) {
      return firstOfShards(limit, async (shard, pageSize, afterOfShard = after) => {
        const ordered = images
          .where('dueShard', '==', shard)
          .where('dueAt', '<=', now)
          .orderBy('dueAt')
          .orderBy(FieldPath.documentId())
          .select(...FIELDS)
          .limit(pageSize)
        const query = afterOfShard ? ordered.startAfter(afterOfShard.dueAt, afterOfShard.imageId) : ordered
        return (await toFirestore(async () => query.get())).docs.map(toLiveEntry)
      })
    },

    async dueAfterOwner(owner, now, limit, after) {
      const ofOwners =
        owner === null
          ? images.where('owner', '==', null)
          : images.where('owner', '>', owner).orderBy('owner')
      const ordered = ofOwners
        .where('dueAt', '<=', now)
        .orderBy('dueAt')
        .orderBy(FieldPath.documentId())
        .select(...FIELDS)
        .limit(limit)
      const position = after && [...(owner === null ? [] : [after.owner]), after.dueAt, after.imageId]
      const query = position ? ordered.startAfter(...position) : ordered
      return (await toFirestore(async () => query.get())).docs.map(toLiveEntry)
    },

    async find(imageIds, { withFiles } = { withFiles: false }) {
      const fieldMask = withFiles ? [...FIELDS, ...FILE_FIELDS] : FIELDS
      const entries = new Map<string, IndexEntry>()
      for (let from = 0; from < imageIds.length; from += DOCUMENTS_AT_A_TIME) {
        const documents = imageIds.slice(from, from + DOCUMENTS_AT_A_TIME).map((id) => images.doc(id))
        const found = await toFirestore(async () => firestore.getAll(...documents, { fieldMask }))
        for (const snapshot of found) {
          if (snapshot.exists) entries.set(snapshot.id, toEntry(snapshot as QueryDocumentSnapshot))
        }
      }
      return entries
    },

    async after(imageId, limit, end) {
      const ordered = images
        .orderBy(FieldPath.documentId())
        .select(...FIELDS)
        .limit(limit)
      const started = imageId === undefined ? ordered : ordered.startAfter(imageId)
      const query = end === undefined ? started : started.endBefore(end)
      return (await toFirestore(async () => query.get())).docs.map(toEntry)
    },

    async ofOwner(owner, imageId, limit) {
      // The automatic index of `owner` has this order.
      const ordered = images
        .where('owner', '==', owner)
        .orderBy(FieldPath.documentId())
        .select(...FIELDS, 'createdAt')
        .limit(limit)
      const query = imageId === undefined ? ordered : ordered.startAfter(imageId)
      return (await toFirestore(async () => query.get())).docs.map((found) => toEntry(found) as OwnedEntry)
    },
  }
}

/** An entry with `dueAt`, which tombstones do not have. */
function toLiveEntry(snapshot: QueryDocumentSnapshot): LiveEntry {
  return toEntry(snapshot) as LiveEntry
}

function toEntry(snapshot: QueryDocumentSnapshot): IndexEntry {
  return { ...toAnnotation(snapshot.data()), imageId: snapshot.id }
}
