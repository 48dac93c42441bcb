import type { FirebaseStorage } from 'firebase/storage'
import { useState } from 'preact/hooks'
import { useFileUrl } from '../hooks/use-file-url.ts'
import type { StoredPhoto } from '../photos/annotations.ts'
import { displayPath } from '../photos/display-path.ts'
import { CloseIcon, PhotoIcon } from './icons.tsx'

type Props = {
  photo: StoredPhoto
  storage: FirebaseStorage
  localUrl: string | undefined
  isOpen: boolean
  remove: () => Promise<void>
}

/** A photo in the strip: opens it, or deletes it with all its results. */
export function Thumbnail({ photo: { imageId, annotation }, storage, localUrl, isOpen, remove }: Props) {
  const [isUnreadable, setUnreadable] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const stored = useFileUrl(storage, localUrl ? undefined : displayPath(annotation))
  const url = localUrl ?? stored
  const name = annotation.caption ?? `Photo of ${annotation.createdAt.toLocaleString()}, ${annotation.status}`
  return (
    <li class="thumbnail" data-image-id={imageId}>
      <a href={`#${imageId}`} aria-label={name} title={name} aria-current={isOpen ? 'page' : undefined}>
        {url && !isUnreadable ? (
          <img
            src={url}
            alt=""
            draggable={false}
            loading="lazy"
            decoding="async"
            onError={() => setUnreadable(true)}
          />
        ) : (
          <PhotoIcon />
        )}
      </a>
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
    </li>
  )
}
