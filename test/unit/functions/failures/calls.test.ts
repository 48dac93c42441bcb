import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { CALL_NAMES } from '../../../support/call-samples.ts'
import { startCalls } from '../../../support/calls.ts'
import { watchForLeaks } from '../../../support/canaries.ts'
import { googleError, retryInfo } from '../../../support/failure-row.ts'
import { JSON_FAILURES, MODEL_FAILURES, representatives } from '../../../support/failure-table.ts'
import { callWithCanary, resetCalls, streamAnswer, testCall, testStreamedAnswer } from './suites.ts'

const calls = await startCalls()
afterAll(() => calls.close())
watchForLeaks()
beforeEach(async () => resetCalls(calls))

for (const name of CALL_NAMES) {
  testCall(calls, name, representatives(name === 'answerQuestion' ? MODEL_FAILURES : JSON_FAILURES))
}
testStreamedAnswer(calls, representatives(MODEL_FAILURES))

describe.each(CALL_NAMES)('%s()', (name) => {
  it('returns an error instead of waiting when the model asks for more than five seconds', async () => {
    await calls.script({ reply: googleError(429, 'RESOURCE_EXHAUSTED', 'Quota', [retryInfo('6s')]) })
    const { error } = await callWithCanary(calls, name)
    expect(error).toMatchObject({ details: { reason: 'model-rate-limited', retryAfterMs: 6000 } })
    expect(await calls.requests()).toHaveLength(1)
  })

  it.each([
    ['503', googleError(503, 'UNAVAILABLE', 'Overloaded')],
    ['empty answer', { text: '' }],
  ])('succeeds after one %s', async (_, reply) => {
    await calls.script({ times: 1, reply })
    const { error, result } = await callWithCanary(calls, name)
    expect(error).toBeUndefined()
    expect(result).toBeDefined()
    expect(await calls.requests()).toHaveLength(2)
  })
})

it.each([
  ['compareImages', { summary: 'S', similarities: [], differences: [] }],
  ['detectObjects', [{ box_2d: [0, 0, 500, 500], label: 'thing' }]],
  ['describeImage', { caption: 'C', altText: 'A', labels: [], text: '' }],
] as const)('%s() reads JSON in a fence', async (name, answer) => {
  await calls.script({ reply: { text: `Here it is:\n\`\`\`json\n${JSON.stringify(answer)}\n\`\`\`` } })
  const { error } = await callWithCanary(calls, name)
  expect(error).toBeUndefined()
  expect(await calls.requests()).toHaveLength(1)
})

it.each([
  ['SAFETY', 'blocked-safety'],
  ['RECITATION', 'answer-recitation'],
  ['A_NEW_REASON', 'answer-stopped'],
])(
  'answerQuestion() does not repeat a stream that ends with %s after some text',
  async (finishReason, reason) => {
    const pieces = [{ content: { parts: [{ text: 'It is a' }] } }, { finishReason }]
    await calls.script({ reply: { body: pieces.map((candidate) => ({ candidates: [candidate] })) } })
    const events = await streamAnswer(calls)
    expect(events[0]).toEqual({ message: { text: expect.stringContaining('It') } })
    expect(events.at(-1)).toMatchObject({ error: { details: { reason } } })
    expect(await calls.requests()).toHaveLength(1)
  },
)
