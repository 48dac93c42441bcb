import {
  type DocumentReference,
  FieldValue,
  type Firestore,
  Timestamp,
  type Transaction,
} from 'firebase-admin/firestore'
import { type AnnotationDocument, errorOf } from '../../document/annotation.ts'
import {
  checkLease,
  claimedAnnotation,
  decideClaim,
  isGranted,
  replacedOnRemoval,
} from '../../document/claim.ts'
import { tombstone } from '../../document/new-annotation.ts'
import type { AnnotationStore } from '../../ports/annotation-store.ts'
import { withDueShard } from './due-shards.ts'
import { toFirestore } from './firestore-failure.ts'

/** The default of IMAGES_COLLECTION. */
export const ANNOTATIONS = 'images'

/** Annotations in Firestore, `images/{imageId}`. */
export function firestoreAnnotations(
  firestore: Firestore,
  collection: string = ANNOTATIONS,
): AnnotationStore {
  const documentOf = (imageId: string) => firestore.collection(collection).doc(imageId)
  const inTransaction = async <T>(run: (transaction: Transaction) => Promise<T>) =>
    toFirestore(async () => firestore.runTransaction(run))
  return {
    async claim(photo, lease, now, again) {
      return inTransaction(async (transaction) => {
        const document = documentOf(photo.imageId)
        const existing = await readAnnotation(document, transaction)
        const decision = decideClaim(existing, photo, lease, now, again)
        if (!isGranted(decision)) return { decision, error: errorOf(existing) }
        const annotation = claimedAnnotation(decision, existing, photo, lease, now)
        transaction.set(document, withDueShard(annotation, photo.imageId))
        return { decision, annotation, isFirst: !existing }
      })
    },

    async update(photo, token, changes, now) {
      return inTransaction(async (transaction) => {
        const document = documentOf(photo.imageId)
        const existing = await readAnnotation(document, transaction)
        const lease = checkLease(existing, photo, token)
        if (lease !== 'held') return lease
        const fields = Object.entries(withDueShard({ ...changes, updatedAt: now }, photo.imageId))
        transaction.update(
          document,
          Object.fromEntries(
            fields.map(([field, value]) => [field, value === undefined ? FieldValue.delete() : value]),
          ),
        )
        return 'written'
      })
    },

    async remove(photo, now) {
      return inTransaction(async (transaction) => {
        const document = documentOf(photo.imageId)
        const existing = await readAnnotation(document, transaction)
        if (!replacedOnRemoval(existing, photo)) return
        transaction.set(document, tombstone(photo, now, existing?.createdAt))
      })
    },
  }
}

async function readAnnotation(
  document: DocumentReference,
  transaction: Transaction,
): Promise<AnnotationDocument | undefined> {
  const data = (await transaction.get(document)).data()
  // Only the functions write here (firestore.rules), so the shape is known. Dates are Timestamps.
  return data && toAnnotation(data)
}

export function toAnnotation(data: FirebaseFirestore.DocumentData): AnnotationDocument {
  return datesOf(data) as AnnotationDocument
}

function datesOf(value: unknown): unknown {
  if (value instanceof Timestamp) return value.toDate()
  if (Array.isArray(value)) return value.map(datesOf)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, datesOf(inner)]))
}
