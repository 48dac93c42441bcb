import type { Firesight, FiresightError, Turn } from '@firesight/client'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Slot } from '../parts/kept.ts'

/** A question with the received part of its answer. */
export type Exchange = {
  question: string
  answer: string
  state: 'writing' | 'done' | 'stopped' | 'failed'
  /** Whether the answer was truncated at a limit. */
  isCut?: boolean
  failure?: Failure
}

/** `retryAt`: when the service accepts the question again, in milliseconds since 1970; absent if it never does. */
type Failure = { code: string; message: string; retryAt?: number }

export type Conversation = {
  exchanges: readonly Exchange[]
  isWriting: boolean
  ask: (question: string) => void
  /** Asks the last question again, with the same history. Replaces the failed or stopped answer. */
  retry: () => void
  stop: () => void
  clear: () => void
}

/** The same limits for the history of a question as in the functions. */
const MAX_EXCHANGES = 10
const MAX_ANSWER_LENGTH = 8000
const MAX_KEPT_EXCHANGES = 100

/**
 * A conversation about one photo, kept in `slot`. Unmounting the component cancels the running answer; its
 * received part is kept.
 */
export function useConversation(
  firesight: Firesight,
  path: string,
  slot: Slot<readonly Exchange[]>,
): Conversation {
  const [exchanges, setExchanges] = useState<readonly Exchange[]>(() => restored(slot.read()))
  const stopper = useRef<AbortController>(undefined)
  /** The browser ends the requests of a page that is being left, before `pagehide`. */
  const isLeaving = useRef(false)
  const latest = useRef(exchanges)
  latest.current = exchanges
  const last = exchanges.at(-1)

  const keep = () =>
    slot.write(latest.current.length > 0 ? latest.current.slice(-MAX_KEPT_EXCHANGES) : undefined)
  useEffect(keep, [exchanges.length, last?.state])
  useEffect(() => {
    const leave = () => (isLeaving.current = true)
    addEventListener('beforeunload', leave)
    addEventListener('pagehide', keep)
    return () => {
      removeEventListener('beforeunload', leave)
      removeEventListener('pagehide', keep)
      keep()
      stopper.current?.abort()
    }
  }, [slot.key])

  const change = (changes: Partial<Exchange>) =>
    setExchanges((before) => before.map((one, i) => (i === before.length - 1 ? { ...one, ...changes } : one)))

  const ask = async (question: string, earlier: readonly Exchange[]) => {
    const { signal } = (stopper.current = new AbortController())
    isLeaving.current = false
    setExchanges([...earlier, { question, answer: '', state: 'writing' }])
    try {
      let answer = ''
      const request = { images: path, question, history: turnsOf(earlier) }
      const stream = firesight.answerQuestion(request, { signal })
      for await (const text of stream) if (!signal.aborted) change({ answer: (answer += text) })
      const { answer: whole, truncated } = await stream
      if (!signal.aborted) change({ answer: whole, state: 'done', isCut: truncated })
    } catch (error) {
      // After an abort, the code that aborted sets the state. A received part of a failed answer is discarded:
      // it is not a valid answer.
      if (signal.aborted) return
      if (isLeaving.current) change({ state: 'stopped' })
      else change({ answer: '', state: 'failed', failure: failureOf(error as FiresightError) })
    }
  }
  return {
    exchanges,
    isWriting: last?.state === 'writing',
    ask: (question) => void ask(question, exchanges),
    retry: () => last && void ask(last.question, exchanges.slice(0, -1)),
    stop: () => {
      stopper.current?.abort()
      change({ state: 'stopped' })
    },
    clear: () => {
      stopper.current?.abort()
      setExchanges([])
    },
  }
}

function failureOf({ code, message, retryable, retryAfterMs = 0 }: FiresightError): Failure {
  return { code, message, ...(retryable && { retryAt: Date.now() + retryAfterMs }) }
}

/** An answer that was being written when the page was left is incomplete. */
function restored(exchanges: readonly Exchange[] = []): readonly Exchange[] {
  return exchanges.map((one) => (one.state === 'writing' ? { ...one, state: 'stopped' } : one))
}

function turnsOf(exchanges: readonly Exchange[]): Turn[] {
  const answered = exchanges.filter(
    ({ state, answer }) => state === 'done' && answer.length <= MAX_ANSWER_LENGTH,
  )
  return answered.slice(-MAX_EXCHANGES).flatMap(({ question, answer }): Turn[] => [
    { role: 'user', text: question },
    { role: 'model', text: answer },
  ])
}
