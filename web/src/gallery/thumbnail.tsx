import type { Firesight, StoredPhoto } from '@firesight/client'
import { useState } from 'preact/hooks'
import { CloseIcon, PhotoIcon } from '../parts/icons.tsx'
import { usePicture } from '../parts/use-picture.ts'
import type { LocalPhoto } from '../upload/local-photo.ts'

type Props = {
  photo: StoredPhoto
  firesight: Firesight
  local: LocalPhoto | undefined
  isOpen: boolean
  address: string
  remove: (() => Promise<void>) | undefined
}

/** A photo in the strip: a link, and a button that deletes the photo and its results. */
export function Thumbnail(props: Props) {
  const {
    photo: { imageId, annotation },
    firesight,
    local,
    isOpen,
    address,
    remove,
  } = props
  const [isBusy, setBusy] = useState(false)
  const { url, onError } = usePicture(firesight, local, annotation, 'thumbnail')
  const name =
    annotation.caption ?? `Photo from ${annotation.createdAt.toLocaleString()}, ${annotation.status}`
  return (
    <li class="thumbnail" data-image-id={imageId}>
      <a href={address} aria-label={name} title={name} aria-current={isOpen ? 'page' : undefined}>
        {url ? (
          <img src={url} alt="" draggable={false} loading="lazy" decoding="async" onError={onError} />
        ) : (
          <PhotoIcon />
        )}
      </a>
      {remove && (
        <button
          type="button"
          class="thumbnail-delete"
          aria-label={`Delete: ${name}`}
          title="Delete"
          disabled={isBusy}
          onClick={() => {
            setBusy(true)
            void remove().finally(() => setBusy(false))
          }}
        >
          <CloseIcon />
        </button>
      )}
    </li>
  )
}
