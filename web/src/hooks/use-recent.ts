import type { StoredPhoto } from '@firesight/client'
import { useEffect, useState } from 'preact/hooks'
import type { Connection } from '../firebase.ts'

/** The user's latest photos; undefined until they are known. */
export function useRecent(
  { firesight }: Connection,
  onError: (error: Error) => void,
): StoredPhoto[] | undefined {
  const [photos, setPhotos] = useState<StoredPhoto[]>()
  useEffect(() => firesight.watchNewest(setPhotos, { onError }), [firesight])
  return photos
}
