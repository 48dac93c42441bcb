import {
  collection,
  doc,
  limit,
  onSnapshot,
  orderBy,
  query,
  Timestamp,
  type Unsubscribe,
  where,
} from 'firebase/firestore'
import type { Annotation, Status } from '../../../functions/src/annotations/annotation.ts'
import type { Connection } from '../firebase.ts'

export type {
  Annotation,
  ModelStep,
  Status,
  StoredObject,
} from '../../../functions/src/annotations/annotation.ts'

export type StoredPhoto = { imageId: string; annotation: Annotation }

/** Deleted photos leave a tombstone for some days, which is nothing to show. */
const SHOWN: Status[] = [
  'processing',
  'succeeded',
  'partial',
  'rejected',
  'blocked',
  'failed',
  'deferred',
  'superseded',
]
const STRIP_LENGTH = 12

/** Follows the document of a photo; null while there is none. */
export function watchAnnotation(
  { firestore }: Connection,
  imageId: string,
  onChange: (annotation: Annotation | null) => void,
  onError: (error: Error) => void,
): Unsubscribe {
  return onSnapshot(
    doc(firestore, 'images', imageId),
    (snapshot) => onChange((withDates(snapshot.data()) as Annotation | undefined) ?? null),
    onError,
  )
}

/** Follows the user's latest photos, the newest first. */
export function watchRecent(
  { firestore, uid }: Connection,
  onChange: (photos: StoredPhoto[]) => void,
  onError: (error: Error) => void,
): Unsubscribe {
  const recent = query(
    collection(firestore, 'images'),
    where('owner', '==', uid),
    where('status', 'in', SHOWN),
    orderBy('createdAt', 'desc'),
    limit(STRIP_LENGTH),
  )
  return onSnapshot(
    recent,
    ({ docs }) =>
      onChange(
        docs.map((found) => ({ imageId: found.id, annotation: withDates(found.data()) as Annotation })),
      ),
    onError,
  )
}

/** Firestore gives dates as its own Timestamps. */
function withDates(value: unknown): unknown {
  if (value instanceof Timestamp) return value.toDate()
  if (Array.isArray(value)) return value.map(withDates)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withDates(inner)]))
}
