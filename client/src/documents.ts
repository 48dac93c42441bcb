import type { FirebaseApp } from 'firebase/app'
import {
  type CollectionReference,
  collection,
  connectFirestoreEmulator,
  doc,
  getFirestore,
  limit,
  onSnapshot,
  orderBy,
  query,
  Timestamp,
  type Unsubscribe,
  where,
} from 'firebase/firestore'
import type { Annotation, AnnotationDocument, LiveStatus } from '../../functions/src/document/annotation.ts'
import { type DocumentSettings, hostAndPort } from './settings.ts'

export type StoredPhoto = { imageId: string; annotation: Annotation }

/** Every status except `deleted`: a deleted photo leaves a tombstone document for some days. */
const SHOWN: LiveStatus[] = [
  'processing',
  'succeeded',
  'partial',
  'rejected',
  'blocked',
  'failed',
  'deferred',
  'superseded',
]

/** Opens the collection of the documents. */
export function openDocuments(
  app: FirebaseApp,
  settings: DocumentSettings,
  emulator: string | undefined,
): CollectionReference {
  const firestore = settings.database === undefined ? getFirestore(app) : getFirestore(app, settings.database)
  if (emulator) connectFirestoreEmulator(firestore, ...hostAndPort(emulator))
  return collection(firestore, settings.collection ?? 'images')
}

export function watchDocument(
  images: CollectionReference,
  imageId: string,
  onChange: (document: AnnotationDocument | null) => void,
  onError: (error: unknown) => void,
): Unsubscribe {
  return onSnapshot(
    doc(images, imageId),
    (snapshot) => onChange((withDates(snapshot.data()) as AnnotationDocument | undefined) ?? null),
    onError,
  )
}

/** firestore.rules allow exactly this query: the user's own photos, with a limit of at most MAX_NEWEST. */
export function watchNewest(
  images: CollectionReference,
  uid: string,
  length: number,
  onChange: (photos: StoredPhoto[]) => void,
  onError: (error: unknown) => void,
): Unsubscribe {
  const newest = query(
    images,
    where('owner', '==', uid),
    where('status', 'in', SHOWN),
    orderBy('createdAt', 'desc'),
    limit(length),
  )
  return onSnapshot(
    newest,
    ({ docs }) =>
      onChange(
        docs.map((found) => ({ imageId: found.id, annotation: withDates(found.data()) as Annotation })),
      ),
    onError,
  )
}

/** Converts Firestore Timestamps to Dates, at every depth. */
function withDates(value: unknown): unknown {
  if (value instanceof Timestamp) return value.toDate()
  if (Array.isArray(value)) return value.map(withDates)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withDates(inner)]))
}
