import type { StoredPhoto } from '@firesight/client'
import { useEffect, useRef, useState } from 'preact/hooks'
import { addressOf } from '../app/route.ts'
import type { Connection } from '../firebase.ts'
import { RecentStrip } from '../gallery/recent-strip.tsx'
import { CompareIcon } from '../parts/icons.tsx'
import type { LocalPhoto } from '../upload/local-photo.ts'

type Props = {
  connection: Connection
  imageId: string
  photos: readonly StoredPhoto[]
  added: ReadonlyMap<string, LocalPhoto>
}

/** Opens a dialog to choose the photo to compare with. */
export function CompareButton(props: Props) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <button type="button" class="button button-small" onClick={() => setOpen(true)}>
        <CompareIcon />
        Compare
      </button>
      {isOpen && <OtherPhotos {...props} onClose={() => setOpen(false)} />}
    </>
  )
}

function OtherPhotos({ connection, imageId, photos, added, onClose }: Props & { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  // Only photos that have been read can be compared.
  const others = photos.filter(({ imageId: id, annotation }) => id !== imageId && annotation.image)
  return (
    <dialog ref={dialog} class="dialog" aria-label="Choose a photo to compare with" onClose={onClose}>
      {others.length > 0 ? (
        <RecentStrip
          title="Compare with"
          connection={connection}
          photos={others}
          local={added}
          openIds={[]}
          addressOf={(id) => addressOf(imageId, id)}
        />
      ) : (
        <p>You have only one photo. Add another one to compare.</p>
      )}
      <div class="dialog-buttons">
        <button type="button" class="button" onClick={() => dialog.current?.close()}>
          {others.length > 0 ? 'Cancel' : 'Close'}
        </button>
      </div>
    </dialog>
  )
}
