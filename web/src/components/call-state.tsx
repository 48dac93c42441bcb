import type { ComponentChildren } from 'preact'
import type { Call } from '../hooks/use-call.ts'
import { useLapse } from '../hooks/use-lapse.ts'
import { Elapsed } from './elapsed.tsx'

type Props = {
  call: Pick<Call<never, unknown>, 'runningSince' | 'failure' | 'retry'>
  /** Said while it runs. */
  doing: string
  /** Said of what has come. */
  words: string | undefined
  /** What can be done about it. */
  children?: ComponentChildren
}

/** How a call stands, in one line: for how long it has been running, why it failed, or what came. */
export function CallState({ call: { runningSince, failure, retry }, doing, words, children }: Props) {
  return (
    <div class="call-state">
      <div>
        <p role="status" class={runningSince ? 'quiet call-running' : 'quiet'}>
          {runningSince ? doing : words}
        </p>
        <p role="alert" class="call-failed">
          {failure?.message}
        </p>
      </div>
      {runningSince ? (
        <span class="quiet call-time">
          <Elapsed key={runningSince.getTime()} from={runningSince} until={undefined} />
        </span>
      ) : failure?.retryable ? (
        <RetryButton waitMs={failure.retryAfterMs ?? 0} retry={retry} />
      ) : (
        children
      )}
    </div>
  )
}

function RetryButton({ waitMs, retry }: { waitMs: number; retry: () => void }) {
  const mayRetry = useLapse(true, waitMs)
  return (
    <button type="button" class="button button-bare" disabled={!mayRetry} onClick={retry}>
      Try again
    </button>
  )
}
