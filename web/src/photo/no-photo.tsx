import type { Connection } from '../firebase.ts'
import { useFirstFocus } from '../parts/use-first-focus.ts'
import { useUnfinished } from '../upload/use-unfinished.ts'

/** Shown for a photo without a document: its upload did not finish, or it does not exist. */
export function NoPhoto({ connection, imageId }: { connection: Connection; imageId?: string }) {
  const heading = useFirstFocus()
  const unfinished = useUnfinished(connection.unfinished, imageId)
  if (unfinished?.isRunning) {
    return (
      <section class="photo-absent">
        <h1 ref={heading} tabIndex={-1}>
          The upload is still running
        </h1>
        <p class="lead">Another tab uploads “{unfinished.name}”. The photo appears here when it is stored.</p>
      </section>
    )
  }
  return (
    <section class="photo-absent">
      <h1 ref={heading} tabIndex={-1}>
        {unfinished ? 'The upload did not finish' : 'Photo not found'}
      </h1>
      <p class="lead">
        {unfinished
          ? `“${unfinished.name}” was not stored completely. Add the file again.`
          : 'This photo does not exist, its upload did not finish, or it belongs to another user.'}
      </p>
      <a class="button" href="#">
        Show all photos
      </a>
    </section>
  )
}
