import { AddButtons } from '../upload/add-buttons.tsx'

type Props = { add: (files: File[]) => void; notify: (text: string) => void }

/** The start page. */
export function Welcome(props: Props) {
  return (
    <section class="welcome">
      <h1>See what is in your photos</h1>
      <p class="lead">Get a caption, labels, and all objects with boxes and pixel-accurate masks.</p>
      <div class="dropzone">
        <p class="dropzone-call">Drop a photo anywhere on this page</p>
        <AddButtons {...props} />
        <p class="quiet">PNG, JPEG, WebP, HEIC or HEIF, up to 20 MB. Only you can see your photos.</p>
      </div>
    </section>
  )
}
