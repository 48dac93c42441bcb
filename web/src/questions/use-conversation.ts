import type { Firesight, FiresightError, Turn } from '@firesight/client'
import { useEffect, useRef, useState } from 'preact/hooks'

/** A question with the received part of its answer. */
export type Exchange = {
  question: string
  answer: string
  state: 'writing' | 'done' | 'stopped' | 'failed'
  /** Whether the answer was truncated at a limit. */
  isCut?: boolean
  /** The error message, for users. */
  failure?: string
}

type Conversation = {
  exchanges: readonly Exchange[]
  isWriting: boolean
  ask: (question: string) => Promise<void>
  stop: () => void
}

/** The same limits for the history of a question as in the functions. */
const MAX_EXCHANGES = 10
const MAX_ANSWER_LENGTH = 8000

/** A conversation about one photo. Unmounting the component cancels the running answer. */
export function useConversation(firesight: Firesight, path: string): Conversation {
  const [exchanges, setExchanges] = useState<readonly Exchange[]>([])
  const stopper = useRef<AbortController>(undefined)
  useEffect(() => () => stopper.current?.abort(), [])

  const change = (changes: Partial<Exchange>) =>
    setExchanges((before) => before.map((one, i) => (i === before.length - 1 ? { ...one, ...changes } : one)))

  const ask = async (question: string) => {
    const { signal } = (stopper.current = new AbortController())
    setExchanges([...exchanges, { question, answer: '', state: 'writing' }])
    try {
      let answer = ''
      const request = { images: path, question, history: turnsOf(exchanges) }
      const stream = firesight.answerQuestion(request, { signal })
      for await (const text of stream) change({ answer: (answer += text) })
      const { answer: whole, truncated } = await stream
      change({ answer: whole, state: 'done', isCut: truncated })
    } catch (error) {
      if (signal.aborted) change({ state: 'stopped' })
      // Discards the received part: it is not a valid answer.
      else change({ answer: '', state: 'failed', failure: (error as FiresightError).message })
    }
  }
  const isWriting = exchanges.at(-1)?.state === 'writing'
  return { exchanges, isWriting, ask, stop: () => stopper.current?.abort() }
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
