import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { RETRY_POLICY } from '../../../../functions/src/model/retry.ts'
import { CALL_NAMES, REQUESTS } from '../../../support/call-samples.ts'
import { type CallName, startCalls } from '../../../support/calls.ts'
import { keepForCanaries, PHOTO, photoBytes, watchForLeaks } from '../../../support/canaries.ts'
import { UNREADABLE_ANSWERS } from '../../../support/failed-answers.ts'
import {
  errorOf,
  type Failure,
  googleError,
  HTTP_STATUS,
  pacing,
  retryInfo,
} from '../../../support/failure-row.ts'
import { MODEL_FAILURES } from '../../../support/failure-table.ts'

const calls = await startCalls()
afterAll(() => calls.close())
watchForLeaks()

const OWN = { path: PHOTO }
const reset = ({ timeoutMs = 2000 }: Partial<Failure> = {}) => {
  calls.reset({ model: calls.model(RETRY_POLICY, { pacing, timeoutMs }) })
  calls.store(PHOTO, photoBytes)
}
beforeEach(async () => {
  reset()
  await calls.forget()
})

/** Calls with a photo; the answer question's words are nobody else's business. */
async function call(name: CallName) {
  const request = REQUESTS[name](OWN)
  const data = 'question' in request ? { ...request, question: 'CANARY-QUESTION' } : request
  const answer = await calls.call(name, data)
  keepForCanaries(answer.error)
  return answer
}

async function callWhile(failure: Failure, name: CallName) {
  reset(failure)
  await calls.script({ reply: failure.reply })
  return call(name)
}

describe.each(CALL_NAMES)('%s', (name) => {
  it.each(MODEL_FAILURES)('says of row $row, $what: $code', async (failure) => {
    const { error, httpStatus } = await callWhile(failure, name)
    expect({ error, httpStatus }).toEqual({
      error: errorOf(failure),
      httpStatus: HTTP_STATUS[failure.call],
    })
    expect(await calls.requests()).toHaveLength(failure.callRequests ?? failure.requests)
  })

  it('tells rather than waits when the model asks for more than five seconds', async () => {
    await calls.script({ reply: googleError(429, 'RESOURCE_EXHAUSTED', 'Quota', [retryInfo('6s')]) })
    const { error } = await call(name)
    expect(error).toMatchObject({ details: { reason: 'model-rate-limited', retryAfterMs: 6000 } })
    expect(await calls.requests()).toHaveLength(1)
  })

  it.each([
    ['a reset', { fault: 'reset' }],
    ['a 503', googleError(503, 'UNAVAILABLE', 'Overloaded')],
    ['half a body', { fault: 'truncate' }],
    ['an empty answer', { text: '' }],
  ])('succeeds after %s that heals', async (_, reply) => {
    await calls.script({ times: 1, reply })
    const { error, result } = await call(name)
    expect(error).toBeUndefined()
    expect(result).toBeDefined()
    expect(await calls.requests()).toHaveLength(2)
  })
})

describe.each(['compareImages', 'detectObjects', 'describeImage'] as const)('%s', (name) => {
  it.each(UNREADABLE_ANSWERS)('asks once more for $what, then says so', async (failure) => {
    const { error, httpStatus } = await callWhile(failure, name)
    expect({ error, httpStatus }).toEqual({
      error: errorOf(failure),
      httpStatus: HTTP_STATUS[failure.call],
    })
    expect(await calls.requests()).toHaveLength(failure.callRequests ?? failure.requests)
  })

  it('reads JSON in a fence', async () => {
    const answers = {
      compareImages: { summary: 'S', similarities: [], differences: [] },
      detectObjects: [{ box_2d: [0, 0, 500, 500], label: 'thing' }],
      describeImage: { caption: 'C', altText: 'A', labels: [], text: '' },
    }
    await calls.script({
      reply: { text: `Here it is:\n\`\`\`json\n${JSON.stringify(answers[name])}\n\`\`\`` },
    })
    const { error } = await call(name)
    expect(error).toBeUndefined()
    expect(await calls.requests()).toHaveLength(1)
  })
})
