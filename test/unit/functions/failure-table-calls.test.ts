import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { RETRY_POLICY } from '../../../functions/src/model/retry.ts'
import { type AnswerEvent, startCalls } from '../../support/calls.ts'
import { keepForCanaries, PHOTO, photoBytes, watchForLeaks } from '../../support/canaries.ts'
import { documentOf, makeWell } from '../../support/deliver.ts'
import { errorOf, type Failure, pacing } from '../../support/failure-row.ts'
import { MODEL_FAILURES, PHOTO_FAILURES } from '../../support/failure-table.ts'

const calls = await startCalls()
afterAll(() => calls.close())
watchForLeaks()

const reset = ({ timeoutMs = 2000 }: Partial<Failure> = {}) => {
  calls.reset({ model: calls.model(RETRY_POLICY, { pacing, timeoutMs }) })
  calls.store(PHOTO, photoBytes)
}
beforeEach(async () => {
  reset()
  await calls.forget()
})

/** All events; what the answer says is the caller's, what an error says is not. */
async function streamAnswer(): Promise<AnswerEvent[]> {
  const events: AnswerEvent[] = []
  const request = { images: { path: PHOTO }, question: 'CANARY-QUESTION' }
  for await (const event of calls.streamAnswer(request)) events.push(event)
  keepForCanaries(events.at(-1)?.error)
  return events
}

/** A body that is an answer, as a stream of one piece. */
function asPieces(reply: Failure['reply']): object {
  return 'body' in reply && !('status' in reply) ? { ...reply, body: [reply.body] } : reply
}

describe('answerQuestion, streamed', () => {
  it.each(MODEL_FAILURES)('row $row, $what: $call, $code', async (failure) => {
    reset(failure)
    await calls.script({ reply: asPieces(failure.reply) })
    const { callRequests, requests: most } = failure
    const { code, requests } = { ...failure, requests: callRequests ?? most, ...failure.streamed }
    expect((await streamAnswer()).at(-1)).toEqual({ error: errorOf({ ...failure, code }) })
    expect(await calls.requests()).toHaveLength(requests)
  })

  it.each([
    ['SAFETY', 'blocked-safety'],
    ['RECITATION', 'answer-recitation'],
    ['A_NEW_ONE', 'answer-stopped'],
  ])('asks once when text was told before an end of %s', async (finishReason, reason) => {
    const pieces = [{ content: { parts: [{ text: 'It is a' }] } }, { finishReason }]
    await calls.script({ reply: { body: pieces.map((candidate) => ({ candidates: [candidate] })) } })
    const events = await streamAnswer()
    expect(events[0]).toEqual({ message: { text: expect.stringContaining('It') } })
    expect(events.at(-1)).toMatchObject({ error: { details: { reason } } })
    expect(await calls.requests()).toHaveLength(1)
  })
})

describe('annotateImage', () => {
  it.each(PHOTO_FAILURES)('row $row, $what: $document, $call, $code', async (failure) => {
    const { reply, code, requests, paidCalls, document } = failure
    reset(failure)
    await calls.script({ reply })
    const { error } = await calls.call('annotateImage', { path: PHOTO })
    keepForCanaries(error)
    expect(error).toEqual(errorOf(failure))
    const { status, error: stored, steps, lease } = documentOf(calls)
    expect({ status, code: stored?.code, lease }).toEqual({ status: document, code, lease: null })
    expect([steps.describe.paidCalls ?? 0, steps.locate.paidCalls ?? 0]).toEqual([paidCalls, paidCalls])
    expect(await calls.requests()).toHaveLength(2 * requests)
  })

  it.each(PHOTO_FAILURES)(
    'row $row, $what: succeeds when it is called again and the model is well',
    async (failure) => {
      reset(failure)
      await calls.script({ reply: failure.reply })
      await calls.call('annotateImage', { path: PHOTO })
      await makeWell(calls)
      const { result } = await calls.call('annotateImage', { path: PHOTO })
      expect(result).toMatchObject({ status: 'succeeded', ran: true })
      expect(documentOf(calls)).toMatchObject({ status: 'succeeded', lease: null })
      expect(await calls.requests()).toHaveLength(2)
    },
  )
})
