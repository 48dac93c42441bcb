import type { AnnotateImageResult, Annotation, Status } from '@firesight/client'
import { useState } from 'preact/hooks'
import { CallState } from '../parts/call-state.tsx'
import { Elapsed } from '../parts/elapsed.tsx'
import { TrashIcon } from '../parts/icons.tsx'
import type { Call } from '../parts/use-call.ts'
import { useDelay } from '../parts/use-delay.ts'
import type { LocalPhoto } from '../upload/local-photo.ts'
import { isOver, progressOf } from './progress.ts'
import { statusText } from './status.ts'
import { Steps } from './steps.tsx'

type Props = {
  local: LocalPhoto | undefined
  annotation: Annotation | undefined
  cancel: () => void
  remove: (() => Promise<void>) | undefined
  /** Annotates the photo again, by its path. */
  rerun: Call<string, AnnotateImageResult>
}

/** The statuses after which another run can help. */
const RERUNNABLE: readonly Status[] = ['deferred', 'failed', 'partial', 'rejected']

/** Longer than the cold start of a function. */
const RESPONSE_TIMEOUT_MS = 20_000

/** The progress and the final status of a photo. */
export function StatusPanel({ local, annotation, cancel, remove, rerun }: Props) {
  const { tone, title, detail, code } = statusText(local, annotation)
  const isUnanswered = useDelay(!annotation && local?.upload.state === 'done', RESPONSE_TIMEOUT_MS)
  const from = local?.startedAt ?? annotation?.createdAt
  const isUploading = !annotation && local?.upload.state === 'running'
  return (
    <section class={`status status-${tone}`} data-status={annotation?.status}>
      <div class="status-head">
        <div role="status">
          <h2 class="status-title">{title}</h2>
          {detail && <p class="status-detail">{detail}</p>}
          {isUnanswered && (
            <p class="status-detail">
              No response yet. The functions of this app may not be deployed or not be running.
            </p>
          )}
        </div>
        {isUploading && (
          <button type="button" class="button button-bare" onClick={cancel}>
            Cancel
          </button>
        )}
        {remove && <DeleteButton remove={remove} />}
      </div>
      {isUploading && (
        <progress class="status-progress" value={uploadedFraction(local)} aria-label="Upload" />
      )}
      <Steps steps={progressOf(local, annotation)} />
      {annotation && RERUNNABLE.includes(annotation.status) && (
        <CallState call={rerun} runningText="Running again…" resultText={undefined}>
          <button type="button" class="button button-bare" onClick={() => rerun.run(annotation.name)}>
            Run again
          </button>
        </CallState>
      )}
      <p class="status-foot">
        {from && local?.upload.state !== 'failed' && (
          <Elapsed from={from} until={isOver(annotation) ? (annotation?.completedAt ?? from) : undefined} />
        )}
        {code && <code>{code}</code>}
      </p>
    </section>
  )
}

function DeleteButton({ remove }: { remove: () => Promise<void> }) {
  const [isBusy, setBusy] = useState(false)
  const run = () => {
    setBusy(true)
    void remove().finally(() => setBusy(false))
  }
  return (
    <button type="button" class="button button-bare" disabled={isBusy} onClick={run}>
      <TrashIcon />
      Delete
    </button>
  )
}

function uploadedFraction(local: LocalPhoto | undefined): number {
  return local?.upload.state === 'running' ? local.upload.fraction : 0
}
