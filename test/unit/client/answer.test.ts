import { describe, expect, it, vi } from 'vitest'
import type { Handler } from '../../support/callable-server.ts'
import { errorOf, failure, firesightWith } from './served.ts'

async function piecesOf(answer: AsyncIterable<string>): Promise<string[]> {
  const pieces: string[] = []
  for await (const piece of answer) pieces.push(piece)
  return pieces
}

describe('an answer', () => {
  const ask = { images: 'users/u/uploads/a.png', question: 'What is it?' }
  const streaming: Handler = async (_, response) => {
    for (const text of ['A red ', 'circle ', '– «öß».']) await response.sendChunk({ text })
    return { answer: 'A red circle – «öß».', truncated: false }
  }

  it('comes in pieces, and as a whole, from one request', async () => {
    const handler = vi.fn<Handler>(streaming)
    const firesight = await firesightWith({ answerQuestion: handler })
    const answer = firesight.answerQuestion(ask)
    expect(await piecesOf(answer)).toEqual(['A red ', 'circle ', '– «öß».'])
    expect(await answer).toMatchObject({ answer: 'A red circle – «öß».', truncated: false })
    expect(handler).toHaveBeenCalledOnce()
  })

  it('keeps its pieces for those who iterate late or again', async () => {
    const firesight = await firesightWith({ answerQuestion: streaming })
    const answer = firesight.answerQuestion(ask)
    await answer
    const all = ['A red ', 'circle ', '– «öß».']
    expect([await piecesOf(answer), await piecesOf(answer)]).toEqual([all, all])
  })

  it('gives a piece while later ones are still being made', async () => {
    let goOn = () => {}
    const firesight = await firesightWith({
      answerQuestion: async (_, response) => {
        await response.sendChunk({ text: 'first' })
        await new Promise<void>((resolve) => (goOn = resolve))
        await response.sendChunk({ text: 'second' })
        return { answer: 'firstsecond' }
      },
    })
    const pieces: string[] = []
    // The function waits for what is done here with the first piece.
    for await (const piece of firesight.answerQuestion(ask)) {
      pieces.push(piece)
      goOn()
    }
    expect(pieces).toEqual(['first', 'second'])
  })

  it('that was not streamed is one piece', async () => {
    const firesight = await firesightWith({ answerQuestion: () => ({ answer: 'All at once.' }) })
    expect(await piecesOf(firesight.answerQuestion(ask))).toEqual(['All at once.'])
  })

  it('that fails in the middle gives what came, then the error, to those who iterate and to those who await', async () => {
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

  it('that is cancelled ends with "cancelled", and the function is told', async () => {
    let told = () => {}
    const wasTold = new Promise<void>((resolve) => (told = resolve))
    const firesight = await firesightWith({
      answerQuestion: async (_, response) => {
        response.signal.addEventListener('abort', told)
        await response.sendChunk({ text: 'A' })
        await wasTold
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
    await wasTold
  })
})
