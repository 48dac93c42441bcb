import type { AnnotateImageResult, Annotation, Status } from '@firesight/client'
import { useState } from 'preact/hooks'
import { CallState } from '../parts/call-state.tsx'
import { Elapsed } from '../parts/elapsed.tsx'
import { ChevronIcon } from '../parts/icons.tsx'
import { countdown } from '../parts/numbers.ts'
import { OperatorHelp } from '../parts/operator-help.tsx'
import type { Call } from '../parts/use-call.ts'
import { useDelay } from '../parts/use-delay.ts'
import { useRemaining } from '../parts/use-remaining.ts'
import { WaitButton } from '../parts/wait-button.tsx'
import type { LocalPhoto } from '../upload/local-photo.ts'
import { isOver, progressOf } from './progress.ts'
import { statusText } from './status.ts'
import { Steps } from './steps.tsx'

type Props = {
  local: LocalPhoto | undefined
  annotation: Annotation | undefined
  cancel: () => void
  /** Uploads the photo again. */
  retry: () => void
  /** Annotates the photo again, by its path. */
  rerun: Call<string, AnnotateImageResult>
}

/** The statuses after which another run can help. */
const RERUNNABLE: readonly Status[] = ['deferred', 'failed', 'partial']

/** Longer than the cold start of a function. */
const RESPONSE_TIMEOUT_MS = 20_000

/** The progress and the final status of a photo: one line with a button for the steps when it has succeeded. */
export function StatusPanel({ local, annotation, cancel, retry, rerun }: Props) {
  const isUnanswered = useDelay(!annotation && local?.upload.state === 'done', RESPONSE_TIMEOUT_MS)
  const from = local?.startedAt ?? annotation?.createdAt
  const isDone = annotation?.status === 'succeeded'
  const [isOpen, setOpen] = useState(false)
  const { tone, title, detail, code } = statusText(local, annotation, from)
  const upload = annotation ? undefined : local?.upload
  const isUploading = upload?.state === 'running' || upload?.state === 'waiting'
  const canRetry = upload?.state === 'failed' || upload?.state === 'cancelled'
  return (
    <section class={`status status-${tone}${isDone ? ' status-short' : ''}`} data-status={annotation?.status}>
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
        {canRetry && <WaitButton label="Try again" onClick={retry} />}
        {isDone && (
          <button
            type="button"
            class="button button-bare disclosure"
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            Steps
            <ChevronIcon />
          </button>
        )}
      </div>
      {isUploading && (
        <progress
          class="status-progress"
          value={upload.state === 'running' ? upload.fraction : 0}
          aria-label="Upload"
        />
      )}
      {annotation?.status === 'deferred' && <ContinuesIn at={annotation.dueAt} />}
      <OperatorHelp code={code} />
      {(!isDone || isOpen) && <Steps steps={progressOf(local, annotation)} />}
      {annotation && RERUNNABLE.includes(annotation.status) && (
        <CallState call={rerun} runningText="Running again…" resultText={undefined}>
          <WaitButton
            label="Run again"
            reason="An earlier run would fail."
            until={annotation.nextAttemptAt}
            onClick={() => rerun.run(annotation.name)}
          />
        </CallState>
      )}
      {!isDone && (
        <p class="status-foot">
          {from && !canRetry && (
            <Elapsed from={from} until={isOver(annotation) ? (annotation?.completedAt ?? from) : undefined} />
          )}
          {code && <code>{code}</code>}
        </p>
      )}
    </section>
  )
}

/** Counts down to the time at which the analysis continues. */
function ContinuesIn({ at }: { at: Date | undefined }) {
  const remaining = useRemaining(at)
  if (remaining === 0) return null
  return (
    <p class="status-detail status-countdown" role="timer">
      Continues in {countdown(remaining)}
    </p>
  )
}
