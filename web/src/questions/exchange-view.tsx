import { CopyButton } from '../parts/copy-button.tsx'
import { OperatorHelp } from '../parts/operator-help.tsx'
import { WaitButton } from '../parts/wait-button.tsx'
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
        {retry && <WaitButton label="Ask again" onClick={retry} />}
      </div>
    )
  if (state === 'failed' && failure)
    return (
      <div class="answer-tools">
        <div class="answer answer-failed">
          <p>{failure.message}</p>
          <OperatorHelp code={failure.code} />
        </div>
        {retry && failure.retryAt !== undefined && (
          <WaitButton
            label="Try again"
            until={new Date(failure.retryAt)}
            reason={failure.message}
            onClick={retry}
          />
        )}
      </div>
    )
  return null
}
