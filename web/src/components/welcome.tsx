import { AddButtons } from './add-buttons.tsx'

type Props = { add: (files: File[]) => void; notify: (text: string) => void }

/** What people see first. */
export function Welcome(props: Props) {
  return (
    <section class="welcome">
      <h1>See what a photo holds</h1>
      <p class="lead">A caption, labels, and every object found, boxed and masked to the pixel.</p>
      <div class="dropzone">
        <p class="dropzone-call">Drop a photo anywhere on this page</p>
        <AddButtons {...props} />
        <p class="quiet">PNG, JPEG, WebP, HEIC or HEIF, up to 20 MB. Only you can see your photos.</p>
      </div>
    </section>
  )
}
