import { createHash } from 'node:crypto'
import {
  type DocumentData,
  type DocumentReference,
  FieldPath,
  type Query,
  Timestamp,
  type Transaction,
} from 'firebase-admin/firestore'
import { STATE_COLLECTIONS } from '../../document/state-collections.ts'
import type { ModelFileRecord, ModelFileRef, ModelFileStore } from '../../ports/model-files.ts'
import { toFirestore } from './firestore-failure.ts'
import type { StateRoot } from './state-root.ts'

/** `firesightModelFiles/{key}` in Firestore. A TTL policy on `expireAt` deletes records of expired files. */
export function firestoreModelFiles(root: StateRoot): ModelFileStore {
  const collection = root.collection(STATE_COLLECTIONS.modelFiles)
  const { firestore } = collection

  /** Runs `write` if the record is still about this file. */
  const ifUnchanged = async (
    { key, uri }: ModelFileRef,
    write: (transaction: Transaction, document: DocumentReference) => void,
  ) =>
    toFirestore(async () =>
      firestore.runTransaction(async (transaction) => {
        const document = collection.doc(key)
        const found = (await transaction.get(document)).data()
        if (found?.uri === uri) write(transaction, document)
      }),
    )

  const list = async (query: Query): Promise<ModelFileRecord[]> =>
    (await toFirestore(async () => query.get())).docs.map((found) => toRecord(found.id, found.data()))

  return {
    async get(key) {
      const data = (await toFirestore(async () => collection.doc(key).get())).data()
      if (!data) return undefined
      const { uri, expiresAt, toDelete } = toRecord(key, data)
      return toDelete ? undefined : { uri, expiresAt }
    },
    async put(key, { uri, expiresAt, owner, photo }) {
      const document = collection.doc(key)
      const fields = {
        uri,
        expireAt: Timestamp.fromDate(expiresAt),
        owner,
        imageId: photo?.imageId ?? null,
        generation: photo?.generation ?? null,
      }
      await toFirestore(async () =>
        firestore.runTransaction(async (transaction) => {
          const replaced = (await transaction.get(document)).data()
          if (replaced && replaced.uri !== uri) {
            const { uri: old } = toRecord(key, replaced)
            transaction.set(collection.doc(replacedKey(key, old)), { ...replaced, toDelete: true })
          }
          transaction.set(document, fields)
        }),
      )
    },
    async markToDelete(file) {
      await ifUnchanged(file, (transaction, document) => transaction.update(document, { toDelete: true }))
    },
    async remove(file) {
      await ifUnchanged(file, (transaction, document) => transaction.delete(document))
    },
    ofOwner: async (owner, limit) => list(collection.where('owner', '==', owner).limit(limit)),
    ofPhoto: async (imageId, limit) => list(collection.where('imageId', '==', imageId).limit(limit)),
    marked: async (limit) => list(collection.where('toDelete', '==', true).limit(limit)),
    async after(key, limit) {
      const ordered = collection.orderBy(FieldPath.documentId()).limit(limit)
      return list(key === undefined ? ordered : ordered.startAfter(key))
    },
  }
}

/** The key of a file whose record another file has taken. */
export function replacedKey(key: string, uri: string): string {
  return `${key}-${createHash('sha256').update(uri).digest('hex').slice(0, 16)}`
}

/** Only the functions write here (firestore.rules). Records of earlier versions have no source. */
function toRecord(key: string, data: DocumentData): ModelFileRecord {
  const { uri, expireAt, owner, imageId, generation, toDelete } = data as {
    uri: string
    expireAt: Timestamp
    owner?: string | null
    imageId?: string | null
    generation?: string | null
    toDelete?: boolean
  }
  return {
    key,
    uri,
    expiresAt: expireAt.toDate(),
    owner: owner ?? null,
    photo: imageId && generation ? { imageId, generation } : null,
    toDelete: toDelete === true,
  }
}
