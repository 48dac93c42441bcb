import type { Annotation, StoredPhoto } from '@firesight/client'
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { Connection } from '../firebase.ts'
import { pendingDeletions } from '../gallery/pending-deletions.ts'
import { permanentStorage } from '../parts/browser-storage.ts'

const PAGE_SIZE = 60

export type OwnPhotos = {
  /** Photos that can be compared, newest first; undefined until the first are loaded. */
  photos: readonly StoredPhoto[] | undefined
  failure: string | undefined
  /** Loads older photos. Undefined if there are none. */
  loadMore: (() => void) | undefined
}

/** The user's photos, for the choice of photos to compare. */
export function useOwnPhotos({ firesight, uid }: Connection): OwnPhotos {
  const [newest, setNewest] = useState<readonly StoredPhoto[]>()
  const [older, setOlder] = useState<readonly StoredPhoto[]>([])
  const [isComplete, setComplete] = useState(false)
  const [failure, setFailure] = useState<string>()
  useEffect(
    () =>
      firesight.watchNewest(setNewest, {
        limit: PAGE_SIZE,
        onError: ({ message }) => setFailure(message),
      }),
    [firesight],
  )
  /** Deleted photos that can still be restored. */
  const deleted = useMemo(() => {
    const pending = pendingDeletions(permanentStorage(), uid).read()
    return new Set(pending.flatMap(({ photos }) => photos.map(({ imageId }) => imageId)))
  }, [uid])
  const all = newest && [...new Map([...newest, ...older].map((one) => [one.imageId, one])).values()]
  const loadMore = async () => {
    try {
      const page = await firesight.listPhotos({ limit: PAGE_SIZE, after: all?.at(-1) })
      setFailure(undefined)
      setOlder((before) => [...before, ...page])
      setComplete(page.length < PAGE_SIZE)
    } catch (error) {
      setFailure((error as Error).message)
    }
  }
  const hasMore = !isComplete && newest !== undefined && newest.length >= PAGE_SIZE
  return {
    photos: all?.filter(({ imageId, annotation }) => !deleted.has(imageId) && isComparable(annotation)),
    failure,
    loadMore: hasMore ? () => void loadMore() : undefined,
  }
}

/** Whether the photo has been read, or will be. */
export function isComparable({ image, status }: Annotation): boolean {
  return image !== undefined || status === 'processing' || status === 'deferred'
}
