import type { Firesight } from '@firesight/client'
import { AskForm } from '../parts/ask-form.tsx'
import { type Exchange, useConversation } from './use-conversation.ts'

/** The same limit as in the functions. */
export const MAX_QUESTION_LENGTH = 2000

/** Asks about the photo and streams the answers. Shows model output as text, never as markup. */
export function QuestionPanel({ firesight, path }: { firesight: Firesight; path: string }) {
  const { exchanges, isWriting, ask, stop } = useConversation(firesight, path)
  return (
    <section class="questions">
      <h3 id="questions-title">Ask about this photo</h3>
      {exchanges.length > 0 && (
        <div role="log" aria-labelledby="questions-title" aria-busy={isWriting}>
          <ol class="exchanges">
            {exchanges.map((exchange, index) => (
              <li key={index} class="exchange">
                <p class="question">{exchange.question}</p>
                <Answer exchange={exchange} />
              </li>
            ))}
          </ol>
        </div>
      )}
      <AskForm
        label="Your question"
        placeholder={exchanges.length > 0 ? 'Ask a follow-up question' : 'What is on the left?'}
        maxLength={MAX_QUESTION_LENGTH}
        action="Ask"
        stopAction="Stop"
        isBusy={isWriting}
        send={(question) => void ask(question)}
        stop={stop}
      />
    </section>
  )
}

function Answer({ exchange: { answer, state, isCut, failure } }: { exchange: Exchange }) {
  if (state === 'failed') return <p class="answer answer-failed">{failure}</p>
  return (
    <>
      {(answer || state === 'writing') && <p class={`answer answer-${state}`}>{answer}</p>}
      {state === 'stopped' && <p class="quiet">Stopped.</p>}
      {isCut && <p class="quiet">The answer was truncated at the length limit.</p>}
    </>
  )
}
