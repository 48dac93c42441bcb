import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { CALL_NAMES, REQUESTS } from '../../../support/call-samples.ts'
import { logged, startCalls } from '../../../support/calls.ts'
import { drawScene, FOUR_SHAPES } from '../../../support/scene.ts'

const { png } = await drawScene(FOUR_SHAPES)
const calls = await startCalls()
afterAll(() => calls.close())

const OWN = { path: 'users/alice/uploads/scene.png' }
beforeEach(async () => {
  calls.reset()
  calls.store(OWN.path, png)
  await calls.forget()
})

const googleError = (code: number, status: string, message: string, details: object[] = []) => ({
  status: code,
  body: { error: { code, status, message: `${message} CANARY-TEXT`, details } },
})
const retryInfo = (delay: string) => [
  { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: delay },
]

const quotaFailure = (quotaId: string) => ({
  '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
  violations: [{ quotaMetric: 'generate_content_requests', quotaId, quotaValue: '20' }],
})

type Failure = {
  what: string
  reply: object
  status: string
  reason: string
  /** Requests to the model. */
  requests: number
  retryAfterMs?: number
}

const blocked = (reason: string, code: string, requests = 1): Failure => ({
  what: `a prompt blocked for ${reason}`,
  reply: { body: { promptFeedback: { blockReason: reason } } },
  status: 'FAILED_PRECONDITION',
  reason: code,
  requests,
})
const stopped = (
  finishReason: string,
  code: string,
  status = 'FAILED_PRECONDITION',
  requests = 1,
): Failure => ({
  what: `an answer stopped for ${finishReason}`,
  reply: { text: 'CANARY-TEXT', finishReason },
  status,
  reason: code,
  requests,
})

const FAILURES: Failure[] = [
  {
    what: '429 with a short RetryInfo',
    reply: googleError(429, 'RESOURCE_EXHAUSTED', 'Quota', retryInfo('0.02s')),
    status: 'RESOURCE_EXHAUSTED',
    reason: 'model-rate-limited',
    requests: 3,
    retryAfterMs: 20,
  },
  {
    what: '429 with a long RetryInfo',
    reply: googleError(429, 'RESOURCE_EXHAUSTED', 'Quota', retryInfo('120s')),
    status: 'RESOURCE_EXHAUSTED',
    reason: 'model-rate-limited',
    requests: 1,
    retryAfterMs: 120_000,
  },
  {
    what: '402',
    reply: googleError(402, 'RESOURCE_EXHAUSTED', 'Prepay'),
    status: 'UNAVAILABLE',
    reason: 'model-budget-spent',
    requests: 1,
    retryAfterMs: 3_600_000,
  },
  {
    what: '429 for a spending cap',
    reply: googleError(429, 'RESOURCE_EXHAUSTED', 'Your project has reached its spend cap.'),
    status: 'UNAVAILABLE',
    reason: 'model-budget-spent',
    requests: 1,
    retryAfterMs: 3_600_000,
  },
  {
    what: '429 for the day',
    reply: googleError(
      429,
      'RESOURCE_EXHAUSTED',
      'You exceeded your current quota, please check your plan and billing details.',
      [...retryInfo('7s'), quotaFailure('GenerateRequestsPerDayPerProjectPerModel-FreeTier')],
    ),
    status: 'RESOURCE_EXHAUSTED',
    reason: 'model-day-limit',
    requests: 1,
    retryAfterMs: 3_600_000,
  },
  {
    what: '429 for the minute',
    reply: googleError(
      429,
      'RESOURCE_EXHAUSTED',
      'You exceeded your current quota, please check your plan and billing details.',
      [...retryInfo('40s'), quotaFailure('GenerateRequestsPerMinutePerProjectPerModel-FreeTier')],
    ),
    status: 'RESOURCE_EXHAUSTED',
    reason: 'model-rate-limited',
    requests: 1,
    retryAfterMs: 40_000,
  },
  {
    what: '500',
    reply: googleError(500, 'INTERNAL', 'Oops'),
    status: 'UNAVAILABLE',
    reason: 'model-unavailable',
    requests: 3,
  },
  {
    what: '503',
    reply: googleError(503, 'UNAVAILABLE', 'Overloaded'),
    status: 'UNAVAILABLE',
    reason: 'model-unavailable',
    requests: 3,
  },
  {
    what: '504',
    reply: googleError(504, 'DEADLINE_EXCEEDED', 'Late'),
    status: 'DEADLINE_EXCEEDED',
    reason: 'model-timeout',
    requests: 2,
  },
  {
    what: 'an HTML page with 502',
    reply: { fault: 'html' },
    status: 'UNAVAILABLE',
    reason: 'model-unavailable',
    requests: 3,
  },
  {
    what: 'an HTML page with 200',
    reply: { fault: 'html', status: 200 },
    status: 'UNAVAILABLE',
    reason: 'model-unavailable',
    requests: 3,
  },
  {
    what: 'no answer in time',
    reply: { fault: 'hang' },
    status: 'DEADLINE_EXCEEDED',
    reason: 'model-timeout',
    requests: 2,
  },
  {
    what: 'a broken connection',
    reply: { fault: 'reset' },
    status: 'UNAVAILABLE',
    reason: 'model-unavailable',
    requests: 3,
  },
  {
    what: 'half a body',
    reply: { fault: 'truncate' },
    status: 'UNAVAILABLE',
    reason: 'model-unavailable',
    requests: 3,
  },
  {
    what: 'a wrong key',
    reply: googleError(400, 'INVALID_ARGUMENT', 'API key not valid.'),
    status: 'INTERNAL',
    reason: 'model-misconfigured',
    requests: 1,
  },
  {
    what: '401',
    reply: googleError(401, 'UNAUTHENTICATED', 'No'),
    status: 'INTERNAL',
    reason: 'model-misconfigured',
    requests: 1,
  },
  {
    what: '403',
    reply: googleError(403, 'PERMISSION_DENIED', 'No'),
    status: 'INTERNAL',
    reason: 'model-misconfigured',
    requests: 1,
  },
  {
    what: '400 about the region',
    reply: googleError(400, 'FAILED_PRECONDITION', 'User location is not supported'),
    status: 'INTERNAL',
    reason: 'model-misconfigured',
    requests: 1,
  },
  {
    what: 'a retired model',
    reply: googleError(404, 'NOT_FOUND', 'models/x is not found'),
    status: 'INTERNAL',
    reason: 'model-not-found',
    requests: 1,
  },
  {
    what: '400 about the image',
    reply: googleError(400, 'INVALID_ARGUMENT', 'Unable to process input image.'),
    status: 'INVALID_ARGUMENT',
    reason: 'model-refused-image',
    requests: 1,
  },
  {
    what: 'another 400',
    reply: googleError(400, 'INVALID_ARGUMENT', 'Unknown field'),
    status: 'INTERNAL',
    reason: 'model-refused-request',
    requests: 1,
  },
  {
    what: '413',
    reply: googleError(413, 'INVALID_ARGUMENT', 'Too large'),
    status: 'INVALID_ARGUMENT',
    reason: 'model-refused-image',
    requests: 2,
  },
  blocked('SAFETY', 'blocked-safety'),
  blocked('BLOCKLIST', 'blocked-blocklist'),
  blocked('PROHIBITED_CONTENT', 'blocked-prohibited-content'),
  blocked('JAILBREAK', 'blocked-safety'),
  blocked('MODEL_ARMOR', 'blocked-safety'),
  blocked('IMAGE_SAFETY', 'blocked-safety'),
  blocked('OTHER', 'blocked-other', 2),
  blocked('A_NEW_ONE', 'blocked-other', 2),
  stopped('SAFETY', 'blocked-safety'),
  stopped('PROHIBITED_CONTENT', 'blocked-prohibited-content'),
  stopped('SPII', 'blocked-personal-data'),
  stopped('BLOCKLIST', 'blocked-blocklist'),
  stopped('IMAGE_SAFETY', 'blocked-safety'),
  stopped('RECITATION', 'answer-recitation', 'UNAVAILABLE', 2),
  stopped('OTHER', 'answer-stopped', 'UNAVAILABLE', 2),
  stopped('LANGUAGE', 'answer-stopped', 'UNAVAILABLE', 2),
  stopped('MALFORMED_FUNCTION_CALL', 'model-refused-request', 'INTERNAL'),
  stopped('UNEXPECTED_TOOL_CALL', 'model-refused-request', 'INTERNAL'),
  stopped('TOO_MANY_TOOL_CALLS', 'model-refused-request', 'INTERNAL'),
  stopped('A_NEW_ONE', 'answer-stopped', 'UNAVAILABLE', 2),
  {
    what: 'MAX_TOKENS without text',
    reply: { text: '', finishReason: 'MAX_TOKENS' },
    status: 'UNAVAILABLE',
    reason: 'answer-truncated',
    requests: 2,
  },
  {
    what: 'an empty object',
    reply: { body: {} },
    status: 'UNAVAILABLE',
    reason: 'answer-empty',
    requests: 2,
  },
  {
    what: 'no candidates',
    reply: { body: { candidates: [] } },
    status: 'UNAVAILABLE',
    reason: 'answer-empty',
    requests: 2,
  },
  { what: 'empty text', reply: { text: '' }, status: 'UNAVAILABLE', reason: 'answer-empty', requests: 2 },
]

describe.each(CALL_NAMES)('%s', (name) => {
  it.each(FAILURES)('says of $what: $reason', async ({ reply, status, reason, requests, retryAfterMs }) => {
    await calls.script({ reply })
    const { error } = await calls.call(name, REQUESTS[name](OWN))
    expect(error).toMatchObject({ status, details: { reason } })
    expect(error!.details!.retryAfterMs).toBe(retryAfterMs)
    expect(await calls.requests()).toHaveLength(requests)
    // Neither the caller nor the log sees what the service or the model said, nor our key.
    expect([JSON.stringify(error), ...logged].filter((text) => text.includes('CANARY'))).toEqual([])
  })

  it('tells rather than waits when the model asks for more than five seconds', async () => {
    calls.reset({ model: calls.model({ attempts: 3, firstWaitMs: 1, maxWaitMs: 15_000 }) })
    calls.store(OWN.path, png)
    await calls.script({ reply: googleError(429, 'RESOURCE_EXHAUSTED', 'Quota', retryInfo('6s')) })
    const { error } = await calls.call(name, REQUESTS[name](OWN))
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
    const { error, result } = await calls.call(name, REQUESTS[name](OWN))
    expect(error).toBeUndefined()
    expect(result).toBeDefined()
    expect(await calls.requests()).toHaveLength(2)
  })
})

describe.each(['compareImages', 'detectObjects', 'describeImage'] as const)('%s', (name) => {
  it.each(['I am sorry, I cannot do that.', '{"summary": ', '[]]]', 'null', '7'])(
    'asks once more for an answer it cannot read (%s), then says so',
    async (text) => {
      await calls.script({ reply: { text } })
      const { error } = await calls.call(name, REQUESTS[name](OWN))
      expect(error).toMatchObject({ status: 'UNAVAILABLE', details: { reason: 'answer-unreadable' } })
      expect(await calls.requests()).toHaveLength(2)
    },
  )

  it('reads JSON in a fence', async () => {
    const answers = {
      compareImages: { summary: 'S', similarities: [], differences: [] },
      detectObjects: [{ box_2d: [0, 0, 500, 500], label: 'thing' }],
      describeImage: { caption: 'C', altText: 'A', labels: [], text: '' },
    }
    await calls.script({
      reply: { text: `Here it is:\n\`\`\`json\n${JSON.stringify(answers[name])}\n\`\`\`` },
    })
    const { error } = await calls.call(name, REQUESTS[name](OWN))
    expect(error).toBeUndefined()
  })
})
