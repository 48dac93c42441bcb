import type { AnnotateImageResult, Annotation, Status } from '@firesight/client'
import { useState } from 'preact/hooks'
import type { Call } from '../hooks/use-call.ts'
import { useLapse } from '../hooks/use-lapse.ts'
import type { LocalPhoto } from '../hooks/use-uploads.ts'
import { isOver, progressOf } from '../words/progress.ts'
import { statusWords } from '../words/status.ts'
import { CallState } from './call-state.tsx'
import { Elapsed } from './elapsed.tsx'
import { TrashIcon } from './icons.tsx'
import { Steps } from './steps.tsx'

type Props = {
  local: LocalPhoto | undefined
  annotation: Annotation | undefined
  cancel: () => void
  remove: (() => Promise<void>) | undefined
  /** Runs the photo again, by its path. */
  again: Call<string, AnnotateImageResult>
}

/** Ends that another run may mend. */
const MENDABLE: readonly Status[] = ['deferred', 'failed', 'partial', 'rejected']

/** A function's cold start takes some seconds. */
const PATIENCE_MS = 20_000

/** How far the photo is, and in what words it ended. */
export function StatusPanel({ local, annotation, cancel, remove, again }: Props) {
  const { tone, title, detail, code } = statusWords(local, annotation)
  const isUnanswered = useLapse(!annotation && local?.upload.state === 'done', PATIENCE_MS)
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
              Nothing has come back yet. If it stays so, the app’s functions may not be deployed or not be
              running.
            </p>
          )}
        </div>
        {isUploading && (
          <button type="button" class="button button-bare" onClick={cancel}>
            Cancel
          </button>
        )}
        {remove && annotation?.status !== 'deleted' && <DeleteButton remove={remove} />}
      </div>
      {isUploading && (
        <progress class="status-progress" value={uploadedFraction(local)} aria-label="Upload" />
      )}
      <Steps steps={progressOf(local, annotation)} />
      {annotation && MENDABLE.includes(annotation.status) && (
        <CallState call={again} doing="Running it again" words={undefined}>
          <button type="button" class="button button-bare" onClick={() => again.run(annotation.name)}>
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
