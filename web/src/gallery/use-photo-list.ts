import type { AnnotationDocument, Firesight, StoredPhoto } from '@firesight/client'
import { useEffect, useRef, useState } from 'preact/hooks'
import { appendPage, type LoadedPhotos, mergeNewest } from './photo-order.ts'

export type PhotoList = {
  /** Undefined until the first photos are loaded. */
  photos: LoadedPhotos['photos'] | undefined
  hasMore: boolean
  isLoadingMore: boolean
  /** Why the last page could not be loaded. */
  failure: string | undefined
  loadMore: () => void
}

/** Fills the rows of a wide screen, whether they have 2, 3, 4, 6 or 8 photos. */
const PAGE_SIZE = 48

type State = { loaded?: LoadedPhotos; isLoadingMore: boolean; failure?: string }
const INITIAL: State = { isLoadingMore: false }

/**
 * The user's photos, or those with a label, newest first. Watches the newest page; older pages are read
 * when `loadMore` is called.
 * @param isActive false: reads nothing
 */
export function usePhotoList(
  firesight: Firesight,
  label: string | undefined,
  isActive: boolean,
  onError: (error: Error) => void,
): PhotoList {
  const [state, setState] = useState<State>(INITIAL)
  /** Changes with the list, so that a page of an earlier list is ignored. */
  const list = useRef({})
  useEffect(() => {
    list.current = {}
    setState(INITIAL)
    if (!isActive) return undefined
    return firesight.watchNewest(
      (newest) =>
        setState((before) => ({ ...before, loaded: mergeNewest(before.loaded, newest, PAGE_SIZE) })),
      { limit: PAGE_SIZE, label, onError },
    )
  }, [firesight, label, isActive])

  const { loaded, isLoadingMore, failure } = state
  // Newer photos push photos out of the watched page before they are done.
  const unfinished = (loaded?.photos ?? []).slice(PAGE_SIZE).filter(isUnfinished)
  useEffect(() => {
    const stops = unfinished.map(({ imageId }) =>
      firesight.watch(
        imageId,
        (document) => {
          if (document) setState((before) => withDocument(before, imageId, document))
        },
        () => {}, // The photo stays as it was read.
      ),
    )
    return () => {
      for (const stop of stops) stop()
    }
  }, [firesight, unfinished.map(({ imageId }) => imageId).join()])
  const hasMore = loaded !== undefined && !loaded.isComplete
  const loadMore = async () => {
    if (!hasMore || isLoadingMore) return
    const current = list.current
    const update = (change: (before: State) => State) => list.current === current && setState(change)
    update(({ loaded: known }) => ({ isLoadingMore: true, ...(known && { loaded: known }) }))
    try {
      const page = await firesight.listPhotos({ limit: PAGE_SIZE, label, after: loaded.photos.at(-1) })
      update(({ loaded: known = loaded }) => ({
        isLoadingMore: false,
        loaded: appendPage(known, page, PAGE_SIZE),
      }))
    } catch (error) {
      update((before) => ({ ...before, isLoadingMore: false, failure: (error as Error).message }))
    }
  }
  return { photos: loaded?.photos, hasMore, isLoadingMore, failure, loadMore: () => void loadMore() }
}

function isUnfinished({ annotation: { status } }: StoredPhoto): boolean {
  return status === 'processing' || status === 'deferred'
}

function withDocument(state: State, imageId: string, document: AnnotationDocument): State {
  if (!state.loaded) return state
  const photos = state.loaded.photos.flatMap((photo): StoredPhoto[] => {
    if (photo.imageId !== imageId) return [photo]
    return document.status === 'deleted' ? [] : [{ imageId, annotation: document }]
  })
  return { ...state, loaded: { ...state.loaded, photos } }
}
