import type { StoredPhoto } from '@firesight/client'
import type { Connection } from '../firebase.ts'
import { Gallery } from '../gallery/gallery.tsx'
import { SampleStrip } from '../samples/sample-strip.tsx'
import { AddButtons } from '../upload/add-buttons.tsx'
import { UploadQueue } from '../upload/upload-queue.tsx'
import type { Uploads } from '../upload/use-uploads.ts'

type Props = {
  connection: Connection
  /** The user's newest photos; undefined until they are loaded. */
  photos: readonly StoredPhoto[] | undefined
  uploads: Uploads
  add: (files: File[]) => void
  notify: (text: string) => void
  remove: (imageId: string, name: string) => Promise<void>
}

/** The home page: samples, the ways to add photos, running uploads, and all photos. */
export function HomePage({ connection, photos, uploads, add, notify, remove }: Props) {
  return (
    <>
      <section class="welcome">
        <h1>See what is in your photos</h1>
        <p class="lead">Get a caption, labels, and all objects with boxes and pixel-accurate masks.</p>
        <SampleStrip
          isProminent={photos && photos.length === 0}
          isAnnotatedByHand={connection.usesLocalGemini}
          add={add}
          notify={notify}
        />
        <div class="dropzone">
          <p class="dropzone-call">Drop a photo anywhere on this page</p>
          <AddButtons add={add} notify={notify} />
          <p class="quiet">PNG, JPEG, WebP, HEIC or HEIF, up to 20 MB. Only you can see your photos.</p>
        </div>
      </section>
      <UploadQueue uploads={uploads} />
      <Gallery connection={connection} photos={photos} local={uploads.photos} remove={remove} />
    </>
  )
}
