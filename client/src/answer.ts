import type { AnswerQuestionResult } from '../../functions/src/api/answer-question.ts'

/**
 * A streamed answer. The request is sent once, immediately. Iterate the answer to receive its text in pieces,
 * await it to get the whole result, or do both in any order: received pieces are kept.
 */
export type Answer = Promise<AnswerQuestionResult> & AsyncIterable<string>

/** `ask` passes each piece of text to `onText` when it arrives. */
export function answerOf(ask: (onText: (text: string) => void) => Promise<AnswerQuestionResult>): Answer {
  const texts: string[] = []
  let isComplete = false
  let notify = () => {}
  let changed = new Promise<void>((resolve) => (notify = resolve))

  const result = ask((text) => {
    texts.push(text)
    notify()
    changed = new Promise((resolve) => (notify = resolve))
  }).finally(() => {
    isComplete = true
    notify()
  })

  async function* pieces(): AsyncGenerator<string, void, undefined> {
    // The loop reports a failure below, so an unawaited `result` must not become an unhandled rejection.
    result.catch(() => {})
    let next = 0
    for (;;) {
      if (next < texts.length) yield texts[next++]!
      else if (isComplete) break
      else await changed
    }
    const { answer } = await result
    // Without pieces, the response was not streamed (a proxy may buffer it).
    if (texts.length === 0) yield answer
  }
  return Object.assign(result, { [Symbol.asyncIterator]: pieces })
}
