import { describe, expect, it, vi } from 'vitest'
import type { Handler } from '../../support/callable-server.ts'
import { errorOf, failure, firesightWith } from './served.ts'

async function piecesOf(answer: AsyncIterable<string>): Promise<string[]> {
  const pieces: string[] = []
  for await (const piece of answer) pieces.push(piece)
  return pieces
}

describe('answerQuestion()', () => {
  const ask = { images: 'users/u/uploads/a.png', question: 'What is it?' }
  const streaming: Handler = async (_, response) => {
    for (const text of ['A red ', 'circle ', '– «öß».']) await response.sendChunk({ text })
    return { answer: 'A red circle – «öß».', truncated: false }
  }

  it('returns the pieces and the whole result from one request', async () => {
    const handler = vi.fn<Handler>(streaming)
    const firesight = await firesightWith({ answerQuestion: handler })
    const answer = firesight.answerQuestion(ask)
    expect(await piecesOf(answer)).toEqual(['A red ', 'circle ', '– «öß».'])
    expect(await answer).toMatchObject({ answer: 'A red circle – «öß».', truncated: false })
    expect(handler).toHaveBeenCalledOnce()
  })

  it('keeps its pieces for late and repeated iterations', async () => {
    const firesight = await firesightWith({ answerQuestion: streaming })
    const answer = firesight.answerQuestion(ask)
    await answer
    const all = ['A red ', 'circle ', '– «öß».']
    expect([await piecesOf(answer), await piecesOf(answer)]).toEqual([all, all])
  })

  it('yields a piece before later ones have been sent', async () => {
    let proceed = () => {}
    const firesight = await firesightWith({
      answerQuestion: async (_, response) => {
        await response.sendChunk({ text: 'first' })
        await new Promise<void>((resolve) => (proceed = resolve))
        await response.sendChunk({ text: 'second' })
        return { answer: 'firstsecond' }
      },
    })
    const pieces: string[] = []
    // The function sends the second piece only after the first has arrived here.
    for await (const piece of firesight.answerQuestion(ask)) {
      pieces.push(piece)
      proceed()
    }
    expect(pieces).toEqual(['first', 'second'])
  })

  it('yields an answer that was not streamed as one piece', async () => {
    const firesight = await firesightWith({ answerQuestion: () => ({ answer: 'All at once.' }) })
    expect(await piecesOf(firesight.answerQuestion(ask))).toEqual(['All at once.'])
  })

  it('yields the received pieces, then reports the error to the iteration and to the promise', async () => {
    const firesight = await firesightWith({
      answerQuestion: async (_, response) => {
        await response.sendChunk({ text: 'I think' })
        throw failure('failed-precondition', { reason: 'blocked-safety', retryable: false })
      },
    })
    const answer = firesight.answerQuestion(ask)
    const pieces: string[] = []
    const iterate = async () => {
      for await (const piece of answer) pieces.push(piece)
    }
    const expected = { code: 'blocked-safety', message: 'In words: blocked-safety.', requestId: 'r1' }
    expect(await errorOf(iterate())).toMatchObject(expected)
    expect(await errorOf(answer)).toMatchObject(expected)
    expect(pieces).toEqual(['I think'])
  })

  it('fails with "cancelled" and aborts the function when its signal is aborted', async () => {
    let onAbort = () => {}
    const aborted = new Promise<void>((resolve) => (onAbort = resolve))
    const firesight = await firesightWith({
      answerQuestion: async (_, response) => {
        response.signal.addEventListener('abort', onAbort)
        await response.sendChunk({ text: 'A' })
        await aborted
      },
    })
    const stop = new AbortController()
    const answer = firesight.answerQuestion(ask, { signal: stop.signal })
    const iterate = async () => {
      for await (const _ of answer) stop.abort(new Error('the user left'))
    }
    const cancelled = { name: 'FiresightError', code: 'cancelled', retryable: false }
    expect(await errorOf(iterate())).toMatchObject(cancelled)
    expect(await errorOf(answer)).toMatchObject(cancelled)
    await aborted
  })
})
