import type { AnswerQuestionResult } from '../../functions/src/api/answer-question.ts'

/**
 * One answer, as it comes and as a whole. It is asked for once, at once, and streamed; iterate it for its text piece by piece, await it for
 * the whole result, or both, in any order: what has come is kept.
 */
export type Answer = Promise<AnswerQuestionResult> & AsyncIterable<string>

/** `ask` hands each piece of text to its argument as it comes. */
export function answerOf(ask: (onText: (text: string) => void) => Promise<AnswerQuestionResult>): Answer {
  const texts: string[] = []
  let isOver = false
  let ring = () => {}
  let news = new Promise<void>((resolve) => (ring = resolve))

  const result = ask((text) => {
    texts.push(text)
    ring()
    news = new Promise((resolve) => (ring = resolve))
  }).finally(() => {
    isOver = true
    ring()
  })

  async function* pieces(): AsyncGenerator<string, void, undefined> {
    // Who iterates learns of a failure there, and need not await the whole as well.
    result.catch(() => {})
    let next = 0
    for (;;) {
      if (next < texts.length) yield texts[next++]!
      else if (isOver) break
      else await news
    }
    const { answer } = await result
    // The way may have been one that does not stream.
    if (texts.length === 0) yield answer
  }
  return Object.assign(result, { [Symbol.asyncIterator]: pieces })
}
