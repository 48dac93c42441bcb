import type { Firesight, StoredPhoto } from '@firesight/client'
import { useId } from 'preact/hooks'
import { PhotoIcon } from '../parts/icons.tsx'
import { usePicture } from '../parts/use-picture.ts'
import type { LocalPhoto } from '../upload/local-photo.ts'

type Props = {
  photo: StoredPhoto
  firesight: Firesight
  local: LocalPhoto | undefined
  /** The comparison with this photo. */
  address: string
  isTicked: boolean
  /** Whether any photo is ticked. A click then ticks, too. */
  isTicking: boolean
  /** Whether the comparison cannot take another photo. */
  isFull: boolean
  toggle: () => void
}

/** A photo in the dialog: a link to the comparison with it, and a checkbox to choose several. */
export function PickTile(props: Props) {
  const { photo, firesight, local, address, isTicked, isTicking, isFull, toggle } = props
  const { imageId, annotation } = photo
  const checkboxId = useId()
  const { url, onError } = usePicture(firesight, local, annotation, 'thumbnail')
  const title = annotation.caption ?? `Photo from ${annotation.createdAt.toLocaleString()}`
  const picture = url ? (
    <img src={url} alt="" draggable={false} loading="lazy" decoding="async" onError={onError} />
  ) : (
    <PhotoIcon />
  )
  return (
    <li class={isTicked ? 'pick pick-ticked' : 'pick'} data-image-id={imageId}>
      {isTicking ? (
        <label class="pick-picture" for={checkboxId} title={title}>
          {picture}
        </label>
      ) : (
        <a class="pick-picture" href={address} aria-label={`Compare with: ${title}`} title={title}>
          {picture}
        </a>
      )}
      <input
        id={checkboxId}
        class="pick-check"
        type="checkbox"
        aria-label={`Select: ${title}`}
        checked={isTicked}
        disabled={isFull && !isTicked}
        onChange={toggle}
      />
    </li>
  )
}
