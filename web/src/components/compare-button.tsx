import type { StoredPhoto } from '@firesight/client'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Connection } from '../firebase.ts'
import { addressOf } from '../hooks/use-open-photos.ts'
import type { LocalPhoto } from '../hooks/use-uploads.ts'
import { CompareIcon } from './icons.tsx'
import { RecentStrip } from './recent-strip.tsx'

type Props = {
  connection: Connection
  imageId: string
  photos: readonly StoredPhoto[]
  added: ReadonlyMap<string, LocalPhoto>
}

/** Chooses another photo to compare this one with. */
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
  // Others could not be read, are gone, or are not there yet.
  const others = photos.filter(
    ({ imageId: id, annotation }) => id !== imageId && annotation.image && annotation.status !== 'deleted',
  )
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
        <p>This is your only photo. Add another one, then compare the two.</p>
      )}
      <div class="dialog-buttons">
        <button type="button" class="button" onClick={() => dialog.current?.close()}>
          {others.length > 0 ? 'Cancel' : 'Close'}
        </button>
      </div>
    </dialog>
  )
}
