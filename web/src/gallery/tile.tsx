import type { Firesight, StoredPhoto } from '@firesight/client'
import { useEffect } from 'preact/hooks'
import { addressOf } from '../app/route.ts'
import { PhotoIcon } from '../parts/icons.tsx'
import { useNear } from '../parts/use-near.ts'
import { usePicture } from '../parts/use-picture.ts'
import type { LocalPhoto } from '../upload/local-photo.ts'
import { badgeOf, titleOf } from './photo-text.ts'

type Props = {
  photo: StoredPhoto
  firesight: Firesight
  local: LocalPhoto | undefined
  /** Whether the Tab key goes to this photo. The arrow keys go to the others. */
  isTabStop: boolean
  isSelected: boolean
  /** Whether a click selects the photo instead of opening it. */
  isSelecting: boolean
  onToggle: (isRange: boolean) => void
  onFocus: () => void
}

/** A photo in the grid: a link with the picture and the caption, and a checkbox. */
export function Tile({
  photo,
  firesight,
  local,
  isTabStop,
  isSelected,
  isSelecting,
  onToggle,
  onFocus,
}: Props) {
  const { imageId, annotation } = photo
  const [place, isNear] = useNear<HTMLLIElement>()
  const { url, onError } = usePicture(firesight, local, isNear ? annotation : undefined, 'thumbnail')
  const badge = badgeOf(annotation)
  const title = titleOf(annotation)
  const tabIndex = isTabStop ? 0 : -1
  return (
    <li
      ref={place}
      class={isSelected ? 'thumbnail tile tile-selected' : 'thumbnail tile'}
      data-image-id={imageId}
      onFocusCapture={onFocus}
    >
      <a
        class="tile-link"
        href={addressOf(imageId)}
        title={annotation.caption}
        tabIndex={tabIndex}
        draggable={false}
        onClick={(event) => {
          // Enter opens the photo, also while others are selected.
          const isKey = event.detail === 0
          if (isKey || event.ctrlKey || event.metaKey || !(isSelecting || event.shiftKey)) return
          event.preventDefault()
          onToggle(event.shiftKey)
        }}
      >
        <span class="tile-picture">
          {url ? (
            <img
              src={url}
              alt=""
              width="320"
              height="320"
              draggable={false}
              loading="lazy"
              decoding="async"
              onError={onError}
            />
          ) : (
            <PhotoIcon />
          )}
          {badge && <span class={`badge badge-${badge.tone}`}>{badge.text}</span>}
        </span>
        <span class={annotation.caption === undefined ? 'tile-caption tile-untitled' : 'tile-caption'}>
          {title}
        </span>
      </a>
      <input
        class="tile-check"
        type="checkbox"
        aria-label={`Select: ${title}`}
        checked={isSelected}
        tabIndex={tabIndex}
        onClick={(event) => onToggle(event.shiftKey)}
      />
    </li>
  )
}

/** As many places as there were photos at the last visit, so that nothing moves when they are loaded. */
export function TileSkeletons({ count }: { count: number }) {
  return (
    <ul class="tiles" aria-hidden="true">
      {Array.from({ length: count }, (_, index) => (
        <li key={index} class="tile skeleton">
          <span class="tile-picture" />
          <span class="tile-caption" />
        </li>
      ))}
    </ul>
  )
}

/** Moves the focus to the link of a photo once it is on the page. */
export function useFocusRequest(imageId: string | undefined, isListed: boolean, onDone: () => void): void {
  useEffect(() => {
    if (imageId === undefined || !isListed) return
    focusTile(imageId)
    onDone()
  }, [imageId, isListed])
}

export function focusTile(imageId: string): void {
  document.querySelector<HTMLElement>(`.tile[data-image-id="${imageId}"] .tile-link`)?.focus()
}
