import { useEffect, useState } from 'preact/hooks'
import type { Connection } from '../firebase.ts'
import { type StoredPhoto, watchRecent } from '../photos/annotations.ts'

/** The user's latest photos; undefined until they are known. */
export function useRecent(
  connection: Connection,
  onError: (error: Error) => void,
): StoredPhoto[] | undefined {
  const [photos, setPhotos] = useState<StoredPhoto[]>()
  useEffect(() => watchRecent(connection, setPhotos, onError), [connection])
  return photos
}
