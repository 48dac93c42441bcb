import { useEffect, useRef } from 'preact/hooks'
import type { PhotoList } from './use-photo-list.ts'

/** Loads the next page when the end of the list comes near, or when the button is pressed. */
export function LoadMore({ list }: { list: PhotoList }) {
  const { photos, hasMore, isLoadingMore, failure, loadMore } = list
  const end = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!end.current || !hasMore || isLoadingMore || failure !== undefined) return undefined
    const observer = new IntersectionObserver(
      (entries) => entries.some(({ isIntersecting }) => isIntersecting) && loadMore(),
      { rootMargin: '800px' },
    )
    observer.observe(end.current)
    return () => observer.disconnect()
    // A new observer reports its first state, so a short page is followed by the next one at once.
  }, [photos?.length, hasMore, isLoadingMore, failure])
  if (!hasMore) return null
  return (
    <div ref={end} class="load-more">
      {failure !== undefined && (
        <p class="call-failed" role="alert">
          Could not load more photos: {failure}
        </p>
      )}
      <button type="button" class="button" disabled={isLoadingMore} onClick={loadMore}>
        {isLoadingMore ? 'Loading…' : failure === undefined ? 'Load more' : 'Try again'}
      </button>
    </div>
  )
}
