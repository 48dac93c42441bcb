import { fileSize } from '@firesight/client'
import { useState } from 'preact/hooks'
import { addressOf } from '../app/route.ts'
import { CheckIcon, PhotoIcon } from '../parts/icons.tsx'
import { DismissButton } from './dismiss-button.tsx'
import { fractionOf, type RowState, stateOf, type UploadRow } from './upload-row.ts'

type Props = {
  row: UploadRow
  isOnline: boolean
  cancel: () => void
  retry: () => void
  dismiss: () => void
}

/** One file of the upload queue. */
export function UploadRowItem({ row, isOnline, cancel, retry, dismiss }: Props) {
  const { file, imageId, annotation } = row
  const state = stateOf(row)
  const isRunning = state === 'waiting' || state === 'uploading'
  // A photo that is stored can be run again on its page. Uploading it again would not help.
  const canRetry = state === 'cancelled' || (state === 'failed' && !annotation)
  const action = isRunning ? 'Cancel' : 'Try again'
  const isEnded = !isRunning && state !== 'processing'
  return (
    <li class="upload-row" data-state={state}>
      <Preview url={row.local.url} />
      <div class="upload-words">
        {imageId !== undefined && !canRetry ? (
          <a class="upload-name" href={addressOf(imageId)}>
            {file.name}
          </a>
        ) : (
          <span class="upload-name">{file.name}</span>
        )}
        <p class="upload-state">
          {state === 'annotated' && <CheckIcon />}
          <span>{textOf(row, state, isOnline)}</span>
        </p>
      </div>
      <span class="upload-actions">
        {/* One button, so that the focus stays on it when the state changes. */}
        {(isRunning || canRetry) && (
          <button
            key="action"
            type="button"
            class="button button-small"
            aria-label={`${action}: ${file.name}`}
            onClick={isRunning ? cancel : retry}
          >
            {action}
          </button>
        )}
        {isEnded && <DismissButton name={file.name} dismiss={dismiss} />}
      </span>
      {isRunning && (
        <progress class="upload-progress" value={fractionOf(row)} aria-label={`Upload of ${file.name}`} />
      )}
    </li>
  )
}

function Preview({ url }: { url: string | null }) {
  const [isUnreadable, setUnreadable] = useState(false)
  return (
    <span class="upload-preview">
      {url && !isUnreadable ? (
        <img src={url} alt="" loading="lazy" decoding="async" onError={() => setUnreadable(true)} />
      ) : (
        <PhotoIcon />
      )}
    </span>
  )
}

function textOf(row: UploadRow, state: RowState, isOnline: boolean): string {
  const { annotation, local, refusal, file } = row
  const { upload } = local
  switch (state) {
    case 'waiting':
      return isOnline ? 'Waiting' : 'Waiting for the connection'
    case 'uploading': {
      const percent = `${Math.floor(fractionOf(row) * 100)}% of ${fileSize(file.size)}`
      return isOnline ? percent : `${percent}, waiting for the connection`
    }
    case 'processing':
      return annotation ? 'Analyzing' : 'Uploaded, waiting for the analysis'
    case 'annotated':
      return annotation?.caption ?? (annotation?.status === 'partial' ? 'Partially completed' : 'Done')
    case 'postponed':
      return `Postponed. ${annotation?.error?.message ?? ''}`.trim()
    case 'failed':
      return upload.state === 'failed'
        ? upload.message
        : (annotation?.error?.message ?? 'The analysis failed')
    case 'cancelled':
      return 'Cancelled'
    case 'rejected':
      return refusal ?? annotation?.error?.message ?? 'This file cannot be processed'
  }
}
