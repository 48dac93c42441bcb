import type { StoredPhoto } from '@firesight/client'
import type { Connection } from '../firebase.ts'
import { Gallery } from '../gallery/gallery.tsx'
import type { PhotoList } from '../gallery/use-photo-list.ts'
import { SampleStrip } from '../samples/sample-strip.tsx'
import { AddButtons } from '../upload/add-buttons.tsx'
import { UploadQueue } from '../upload/upload-queue.tsx'
import type { Uploads } from '../upload/use-uploads.ts'

type Props = {
  connection: Connection
  /** All photos of the user, as far as they are loaded. */
  all: PhotoList
  /** The photos to show: all of them, or those with `label`. */
  list: PhotoList
  label: string | undefined
  uploads: Uploads
  /** Whether the user has photos, or had some at the last visit. */
  hasPhotos: boolean
  /** The number of photos at the last visit. */
  expected: number
  /** The photo to focus, for example after its page was closed. */
  focusId: string | undefined
  onFocused: () => void
  add: (files: File[]) => void
  notify: (text: string) => void
  remove: (photos: readonly StoredPhoto[]) => void
}

/** The home page: samples, the ways to add photos, running uploads, and all photos. */
export function HomePage(props: Props) {
  const { connection, all, list, label, uploads, hasPhotos, expected } = props
  const { focusId, onFocused, add, notify, remove } = props
  const isGallery = hasPhotos || label !== undefined
  const samples = (
    <SampleStrip
      isProminent={!isGallery}
      isAnnotatedByHand={connection.usesLocalGemini}
      add={add}
      notify={notify}
    />
  )
  return (
    <>
      {isGallery ? (
        samples
      ) : (
        <section class="welcome">
          <h1>See what is in your photos</h1>
          <p class="lead">Get a caption, labels, and all objects with boxes and pixel-accurate masks.</p>
          {samples}
          <div class="dropzone">
            <p class="dropzone-call">Drop a photo anywhere on this page</p>
            <AddButtons add={add} />
            <p class="quiet">PNG, JPEG, WebP, HEIC or HEIF, up to 20 MB. Only you can see your photos.</p>
          </div>
        </section>
      )}
      <UploadQueue uploads={uploads} />
      {isGallery && (
        <Gallery
          key={label}
          connection={connection}
          list={list}
          label={label}
          all={all.photos ?? []}
          local={uploads.photos}
          expected={expected}
          focusId={focusId}
          onFocused={onFocused}
          remove={remove}
        />
      )}
    </>
  )
}
