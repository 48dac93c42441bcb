import { ACCEPT } from '@firesight/client'
import { useEffect, useRef, useState } from 'preact/hooks'
import { addressOf, MAX_COMPARED } from '../app/route.ts'
import type { Connection } from '../firebase.ts'
import type { LocalPhoto } from '../upload/local-photo.ts'
import { PickTile } from './pick-tile.tsx'
import { useOwnPhotos } from './use-own-photos.ts'
import { type PickerUpload, usePickerUploads } from './use-picker-uploads.ts'

type Props = {
  connection: Connection
  /** The photos that are in the comparison already. */
  chosen: readonly string[]
  added: ReadonlyMap<string, LocalPhoto>
  onClose: () => void
}

/**
 * A dialog with the user's photos. A click on a photo compares at once; with checkboxes, several photos are
 * added in one step.
 */
export function PhotoPicker({ connection, chosen, added, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [ticked, setTicked] = useState<readonly string[]>([])
  const { photos, failure, loadMore } = useOwnPhotos(connection)
  const free = MAX_COMPARED - chosen.length - ticked.length
  const { uploads, add } = usePickerUploads(connection, (imageId) =>
    setTicked((before) => (chosen.length + before.length < MAX_COMPARED ? [...before, imageId] : before)),
  )
  // Opening the comparison closes the dialog, which cancels its uploads.
  const isUploading = uploads.some((upload) => upload.failure === undefined)
  useEffect(() => dialog.current?.showModal(), [])

  const others = photos?.filter(({ imageId }) => !chosen.includes(imageId))
  const toggle = (imageId: string) =>
    setTicked((before) =>
      before.includes(imageId) ? before.filter((id) => id !== imageId) : [...before, imageId],
    )
  return (
    <dialog
      ref={dialog}
      class="dialog picker"
      aria-labelledby="picker-title"
      onClose={onClose}
      onDrop={({ dataTransfer }) => add([...(dataTransfer?.files ?? [])])}
    >
      <h2 id="picker-title">{chosen.length > 1 ? 'Add photos to the comparison' : 'Compare with'}</h2>
      {failure !== undefined && (
        <p class="call-failed" role="alert">
          Could not load your photos: {failure}
        </p>
      )}
      {others && others.length === 0 ? (
        <p>You have no other photo. Upload one to compare.</p>
      ) : (
        <p class="quiet">Choose a photo to compare at once, or tick several.</p>
      )}
      <div class="picker-list">
        <ul class="picks">
          {others?.map((photo) => (
            <PickTile
              key={photo.imageId}
              photo={photo}
              firesight={connection.firesight}
              local={added.get(photo.imageId)}
              address={addressOf(...chosen, photo.imageId)}
              isTicked={ticked.includes(photo.imageId)}
              isTicking={ticked.length > 0 || isUploading}
              isFull={free <= 0}
              toggle={() => toggle(photo.imageId)}
            />
          ))}
        </ul>
        {loadMore && (
          <button type="button" class="button button-small" onClick={loadMore}>
            Show more photos
          </button>
        )}
      </div>
      <PickerUploads uploads={uploads} />
      <div class="dialog-buttons">
        <UploadButton add={add} />
        <p class="quiet picker-count" role="status">
          {ticked.length > 0 && `${chosen.length + ticked.length} of at most ${MAX_COMPARED} photos`}
        </p>
        <button type="button" class="button" onClick={() => dialog.current?.close()}>
          Cancel
        </button>
        {isUploading && (
          <button type="button" class="button button-primary" aria-disabled>
            Waiting for the uploads…
          </button>
        )}
        {ticked.length > 0 && !isUploading && (
          <a class="button button-primary" href={addressOf(...chosen, ...ticked)}>
            Compare {chosen.length + ticked.length} photos
          </a>
        )}
      </div>
    </dialog>
  )
}

function PickerUploads({ uploads }: { uploads: readonly PickerUpload[] }) {
  return (
    <ul class="picker-uploads" aria-label="Uploads">
      {uploads.map(({ id, fileName, fraction, failure }) => (
        <li key={id}>
          <span class="picker-file">{fileName}</span>
          {failure === undefined ? (
            <progress value={fraction} aria-label={`Upload of ${fileName}`} />
          ) : (
            <span class="call-failed" role="alert">
              {failure}
            </span>
          )}
        </li>
      ))}
    </ul>
  )
}

function UploadButton({ add }: { add: (files: readonly File[]) => void }) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        ref={input}
        type="file"
        accept={ACCEPT}
        multiple
        hidden
        onChange={({ currentTarget }) => {
          add([...(currentTarget.files ?? [])])
          currentTarget.value = ''
        }}
      />
      <button type="button" class="button picker-upload" onClick={() => input.current?.click()}>
        Upload photos
      </button>
    </>
  )
}
