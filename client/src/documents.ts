import type { FirebaseApp } from 'firebase/app'
import {
  type CollectionReference,
  collection,
  connectFirestoreEmulator,
  doc,
  documentId,
  getDocsFromServer,
  getFirestore,
  limit,
  onSnapshot,
  orderBy,
  type Query,
  type QuerySnapshot,
  query,
  startAfter,
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

/** Which photos to read. `label` is in lower case, as labels are stored. */
export type PhotoFilter = { uid: string; label: string | undefined; length: number }

export function watchNewest(
  images: CollectionReference,
  filter: PhotoFilter,
  onChange: (photos: StoredPhoto[]) => void,
  onError: (error: unknown) => void,
): Unsubscribe {
  return onSnapshot(newestOf(images, filter), (found) => onChange(photosOf(found)), onError)
}

/** Reads the photos after another one from the server: an empty list never means that the client is offline. */
export async function listPhotos(
  images: CollectionReference,
  filter: PhotoFilter,
  after: StoredPhoto | undefined,
): Promise<StoredPhoto[]> {
  const newest = newestOf(images, filter)
  if (!after) return photosOf(await getDocsFromServer(newest))
  // Photos that were created in the same millisecond are ordered by their ids.
  const { imageId, annotation } = after
  const rest = query(newest, orderBy(documentId(), 'desc'), startAfter(annotation.createdAt, imageId))
  return photosOf(await getDocsFromServer(rest))
}

/**
 * firestore.rules allow exactly these queries: the user's own photos, with a limit of at most MAX_NEWEST. The
 * tombstone of a deleted photo has no labels, so a filter by label needs no filter by status, nor its index.
 */
function newestOf(images: CollectionReference, { uid, label, length }: PhotoFilter): Query {
  return query(
    images,
    where('owner', '==', uid),
    label === undefined ? where('status', 'in', SHOWN) : where('labels', 'array-contains', label),
    orderBy('createdAt', 'desc'),
    limit(length),
  )
}

function photosOf({ docs }: QuerySnapshot): StoredPhoto[] {
  return docs.map((found) => ({ imageId: found.id, annotation: withDates(found.data()) as Annotation }))
}

/** Converts Firestore Timestamps to Dates, at every depth. */
function withDates(value: unknown): unknown {
  if (value instanceof Timestamp) return value.toDate()
  if (Array.isArray(value)) return value.map(withDates)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withDates(inner)]))
}
