import type { Annotation } from '@firesight/client'
import { useMemo, useRef } from 'preact/hooks'
import type { Connection } from '../firebase.ts'
import { AskForm } from '../parts/ask-form.tsx'
import { ExchangeView } from './exchange-view.tsx'
import { suggestQuestions } from './suggestions.ts'
import { type Exchange, useConversation } from './use-conversation.ts'
import { useFollow } from './use-follow.ts'

/** The same limit as in the functions. */
export const MAX_QUESTION_LENGTH = 2000

type Props = { connection: Connection; imageId: string; annotation: Annotation }

/** Asks about the photo, streams the answers, and keeps the conversation of the photo. */
export function QuestionPanel(props: Props) {
  // Answers about an overwritten photo say nothing about the new one.
  return <Conversation key={`${props.imageId}@${props.annotation.generation}`} {...props} />
}

function Conversation({ connection: { firesight, kept }, imageId, annotation }: Props) {
  const { name, generation } = annotation
  const slot = useMemo(() => kept.slot<readonly Exchange[]>('conversation', [{ imageId, generation }]), [])
  const { exchanges, isWriting, ask, retry, stop, clear } = useConversation(firesight, name, slot)
  const title = useRef<HTMLHeadingElement>(null)
  const log = useRef<HTMLDivElement>(null)
  const end = useRef<HTMLDivElement>(null)
  const { isBehind, jump } = useFollow(log, end, exchanges)
  const suggestions = exchanges.length === 0 ? suggestQuestions(annotation) : []

  /** The pressed button disappears, so the focus moves to the answers. On phones, no keyboard opens. */
  const start = (action: () => void) => {
    log.current?.focus({ preventScroll: true })
    jump()
    action()
  }
  return (
    <section class="questions" aria-labelledby="questions-title">
      <div class="questions-head">
        <h2 ref={title} id="questions-title" tabIndex={-1}>
          Ask about this photo
        </h2>
        {exchanges.length > 0 && (
          <button
            type="button"
            class="button button-bare"
            onClick={() => {
              clear()
              title.current?.focus()
            }}
          >
            Clear
          </button>
        )}
      </div>
      <div class="questions-view">
        <div
          ref={log}
          class="questions-log"
          role="log"
          aria-labelledby="questions-title"
          aria-busy={isWriting}
          tabIndex={exchanges.length > 0 ? 0 : -1}
        >
          <ol class="exchanges">
            {exchanges.map((exchange, index) => (
              <li key={index} class="exchange">
                <ExchangeView
                  exchange={exchange}
                  retry={index === exchanges.length - 1 ? () => start(retry) : undefined}
                />
              </li>
            ))}
          </ol>
          <div ref={end} class="questions-end" />
        </div>
        {isBehind && (
          <button type="button" class="button button-small jump" onClick={() => start(jump)}>
            Jump to the latest
          </button>
        )}
      </div>
      {suggestions.length > 0 && (
        <ul class="suggestions" aria-label="Suggested questions">
          {suggestions.map((question) => (
            <li key={question}>
              <button type="button" class="suggestion" onClick={() => start(() => ask(question))}>
                {question}
              </button>
            </li>
          ))}
        </ul>
      )}
      <AskForm
        label="Your question"
        placeholder={exchanges.length > 0 ? 'Ask a follow-up question' : 'Ask anything about this photo'}
        maxLength={MAX_QUESTION_LENGTH}
        action="Ask"
        stopAction="Stop"
        isBusy={isWriting}
        send={(question) => {
          jump()
          ask(question)
        }}
        stop={stop}
      />
    </section>
  )
}
