import { addressOf } from '../app/route.ts'
import { summaryOf } from './upload-row.ts'
import type { Uploads } from './use-uploads.ts'

/** The progress of several uploads on the pages without the queue, with a link to the queue. */
export function UploadIndicator({ uploads: { rows } }: { uploads: Uploads }) {
  const { uploaded, total, isUploading } = summaryOf(rows)
  if (!isUploading || total < 2) return null
  return (
    <a class="upload-indicator" href={addressOf()}>
      <progress value={uploaded / total} aria-label="Uploads" />
      {uploaded} of {total} uploaded
    </a>
  )
}
