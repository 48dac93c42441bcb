import { useState } from 'preact/hooks'
import { CopyButton } from '../parts/copy-button.tsx'
import { RetryButton } from '../parts/retry-button.tsx'
import { AnswerText } from './answer-text.tsx'
import type { Exchange } from './use-conversation.ts'

type Props = {
  exchange: Exchange
  /** Asks the question again. Absent if other questions followed. */
  retry: (() => void) | undefined
}

/** A question and its answer, as far as it has arrived. */
export function ExchangeView({ exchange, retry }: Props) {
  const { question, answer, state, isCut } = exchange
  return (
    <>
      <p class="question">
        <span class="hidden">Question: </span>
        {question}
      </p>
      {(answer || state === 'writing') && (
        <div class={`answer answer-${state}`}>
          <AnswerText text={answer} />
        </div>
      )}
      {isCut && <p class="quiet">The answer was truncated at the length limit.</p>}
      <AnswerEnd exchange={exchange} retry={retry} />
    </>
  )
}

function AnswerEnd({ exchange: { answer, state, failure }, retry }: Props) {
  if (state === 'done')
    return (
      <div class="answer-tools">
        <CopyButton text={answer} label="Copy answer" />
      </div>
    )
  if (state === 'stopped')
    return (
      <div class="answer-tools">
        <p class="quiet">Stopped.</p>
        {retry && <RetryButton waitMs={0} retry={retry} label="Ask again" />}
      </div>
    )
  if (state === 'failed' && failure)
    return (
      <div class="answer-tools">
        <p class="answer answer-failed">{failure.message}</p>
        {retry && failure.retryAt !== undefined && <Retry retryAt={failure.retryAt} retry={retry} />}
      </div>
    )
  return null
}

function Retry({ retryAt, retry }: { retryAt: number; retry: () => void }) {
  const [waitMs] = useState(() => Math.max(0, retryAt - Date.now()))
  return <RetryButton waitMs={waitMs} retry={retry} />
}
