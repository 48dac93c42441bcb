import type { Firesight, FiresightError, Turn } from '@firesight/client'
import { useEffect, useRef, useState } from 'preact/hooks'

/** A question with as much of its answer as has come. */
export type Exchange = {
  question: string
  answer: string
  state: 'writing' | 'done' | 'stopped' | 'failed'
  /** The answer ended at a limit. */
  isCut?: boolean
  /** Why it failed, in words for users. */
  failure?: string
}

export type Conversation = {
  exchanges: readonly Exchange[]
  isWriting: boolean
  ask: (question: string) => Promise<void>
  stop: () => void
}

/** What a question may bring along: as the functions have it. */
const MAX_EXCHANGES = 10
const MAX_ANSWER_LENGTH = 8000

/** Questions about one photo and their answers, for as long as the component shows them. */
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
      const coming = firesight.answerQuestion(request, { signal })
      for await (const text of coming) change({ answer: (answer += text) })
      const { answer: whole, truncated } = await coming
      change({ answer: whole, state: 'done', isCut: truncated })
    } catch (error) {
      if (signal.aborted) change({ state: 'stopped' })
      // What came before is no answer.
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
