import type { ComponentChildren } from 'preact'
import { Elapsed } from './elapsed.tsx'
import { OperatorHelp } from './operator-help.tsx'
import { RetryButton } from './retry-button.tsx'
import type { Call } from './use-call.ts'

type Props = {
  call: Pick<Call<never, unknown>, 'runningSince' | 'failure' | 'retry'>
  /** Shown while the call runs. */
  runningText: string
  /** Shown when the call has succeeded. */
  resultText: string | undefined
  /** The actions when the call neither runs nor can be retried. */
  children?: ComponentChildren
}

/** The state of a call in one line: the time since its start, its error, or its result. */
export function CallState({
  call: { runningSince, failure, retry },
  runningText,
  resultText,
  children,
}: Props) {
  return (
    <div class="call-state">
      <div>
        <p role="status" class={runningSince ? 'quiet call-running' : 'quiet'}>
          {runningSince ? runningText : resultText}
        </p>
        <p role="alert" class="call-failed">
          {failure?.message}
        </p>
        <OperatorHelp code={failure?.code} />
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
