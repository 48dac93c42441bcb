import type { Firesight } from '@firesight/client'
import { useState } from 'preact/hooks'
import { type Exchange, useConversation } from '../hooks/use-conversation.ts'

const MAX_QUESTION_LENGTH = 2000

/** Asks about the photo; answers appear as they are written. Always text, never markup. */
export function QuestionPanel({ firesight, path }: { firesight: Firesight; path: string }) {
  const { exchanges, isWriting, ask, stop } = useConversation(firesight, path)
  const [question, setQuestion] = useState('')

  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const asked = question.trim()
    if (asked === '' || isWriting) return
    setQuestion('')
    void ask(asked)
  }
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
      <form class="ask" onSubmit={submit}>
        <input
          class="ask-text"
          type="text"
          aria-label="Your question"
          placeholder={exchanges.length > 0 ? 'Ask more' : 'What is on the left?'}
          maxLength={MAX_QUESTION_LENGTH}
          autocomplete="off"
          value={question}
          onInput={({ currentTarget }) => setQuestion(currentTarget.value)}
        />
        {isWriting ? (
          <button key="stop" type="button" class="button" onClick={stop}>
            Stop
          </button>
        ) : (
          <button key="ask" type="submit" class="button" disabled={question.trim() === ''}>
            Ask
          </button>
        )}
      </form>
    </section>
  )
}

function Answer({ exchange: { answer, state, isCut, failure } }: { exchange: Exchange }) {
  if (state === 'failed') return <p class="answer answer-failed">{failure}</p>
  return (
    <>
      {(answer || state === 'writing') && <p class={`answer answer-${state}`}>{answer}</p>}
      {state === 'stopped' && <p class="quiet">Stopped.</p>}
      {isCut && <p class="quiet">The answer ended at a limit.</p>}
    </>
  )
}
