import { ApiError, type GenerateContentResponse } from '@google/genai'
import { describe, expect, it } from 'vitest'
import { readAnswerJson } from '../../../functions/src/gemini/answer-json.ts'
import { readAnswerText } from '../../../functions/src/gemini/finish-reason.ts'
import { generateConfig } from '../../../functions/src/gemini/genai-model.ts'
import { modelFamily } from '../../../functions/src/gemini/model-families.ts'
import { withRetry } from '../../../functions/src/gemini/retry.ts'
import { asServiceError } from '../../../functions/src/gemini/service-error.ts'
import { readUsage } from '../../../functions/src/gemini/usage.ts'
import type { ModelRequest } from '../../../functions/src/gemini/vision-model.ts'

describe('modelFamily()', () => {
  it.each([
    ['gemini-2.5-flash', 'budget', 'png', true],
    ['models/gemini-2.5-flash-lite', 'budget', 'png', true],
    ['publishers/google/models/gemini-2.5-pro', 'budget', 'png', true],
    ['gemini-2.0-flash', 'none', 'png', true],
    ['gemini-3-flash-preview', 'level', 'polygon', true],
    ['gemini-3.5-flash-lite', 'level', 'polygon', true],
    ['gemini-3.6-flash', 'level', 'polygon', false],
    ['gemini-3.8-flash', 'level', 'polygon', false],
    ['gemini-4-ultra', 'level', 'polygon', false],
    ['a-model-never-seen', 'level', 'polygon', false],
  ])('%s has thinking by %s, masks as %s', (model, control, masks, sampling) => {
    expect(modelFamily(model)).toMatchObject({ thinking: { control }, masks, sampling })
  })
})

describe('generateConfig()', () => {
  const request: Omit<ModelRequest, 'model'> = {
    systemInstruction: 'rules',
    parts: [],
    thinking: 'least',
    maxOutputTokens: 100,
  }

  it('turns thinking off where that is possible, and down elsewhere, never by both controls', () => {
    const thinking = (model: string) => generateConfig({ ...request, model }).thinkingConfig
    expect(thinking('gemini-2.5-flash')).toEqual({ thinkingBudget: 0 })
    expect(thinking('gemini-2.5-pro')).toEqual({ thinkingBudget: 128 })
    expect(thinking('gemini-3.8-flash')).toEqual({ thinkingLevel: 'LOW' })
    expect(thinking('gemini-2.0-flash')).toBeUndefined()
    expect(
      generateConfig({ ...request, model: 'gemini-3.8-flash', thinking: 'default' }).thinkingConfig,
    ).toBeUndefined()
  })

  it('sends a temperature only where the family still takes one', () => {
    const config = (model: string) => generateConfig({ ...request, model, temperature: 0.5 })
    expect(config('gemini-2.5-flash')).toMatchObject({ temperature: 0.5 })
    expect(config('gemini-3.8-flash')).not.toHaveProperty('temperature')
  })

  it('asks for JSON with and without a schema', () => {
    const model = 'gemini-3.8-flash'
    expect(generateConfig({ ...request, model })).not.toHaveProperty('responseMimeType')
    expect(generateConfig({ ...request, model, json: {} })).toMatchObject({
      responseMimeType: 'application/json',
    })
    const schema = { type: 'object' }
    expect(generateConfig({ ...request, model, json: { schema } })).toMatchObject({
      responseJsonSchema: schema,
    })
  })
})

describe('readAnswerText()', () => {
  const answer = (finishReason?: string, text?: string, extra: object = {}) =>
    ({
      candidates: [
        {
          ...(finishReason && { finishReason }),
          ...(text !== undefined && { content: { parts: [{ text }] } }),
        },
      ],
      ...extra,
    }) as unknown as GenerateContentResponse

  it('joins the text parts and leaves thoughts out', () => {
    const parts = [{ text: 'hm', thought: true }, { text: 'a ' }, { text: 'cat' }]
    const response = {
      candidates: [{ finishReason: 'STOP', content: { parts } }],
    } as unknown as GenerateContentResponse
    expect(readAnswerText(response)).toEqual({ text: 'a cat', truncated: false })
  })

  it('says when the answer was cut', () => {
    expect(readAnswerText(answer('MAX_TOKENS', '{"a'))).toEqual({ text: '{"a', truncated: true })
  })

  it.each([
    ['SAFETY', 'blocked-safety'],
    ['IMAGE_SAFETY', 'blocked-safety'],
    ['PROHIBITED_CONTENT', 'blocked-prohibited-content'],
    ['SPII', 'blocked-personal-data'],
    ['BLOCKLIST', 'blocked-blocklist'],
    ['RECITATION', 'answer-recitation'],
    ['OTHER', 'answer-stopped'],
    ['LANGUAGE', 'answer-stopped'],
    ['MALFORMED_FUNCTION_CALL', 'answer-stopped'],
    ['A_REASON_OF_NEXT_YEAR', 'answer-stopped'],
  ])('makes the finish reason %s the code %s and drops the text', (finishReason, code) => {
    expect(readAnswerText(answer(finishReason, 'half a'))).toMatchObject({ text: '', failure: { code } })
  })

  it.each([
    ['SAFETY', 'blocked-safety'],
    ['JAILBREAK', 'blocked-safety'],
    ['MODEL_ARMOR', 'blocked-safety'],
    ['BLOCKLIST', 'blocked-blocklist'],
    ['PROHIBITED_CONTENT', 'blocked-prohibited-content'],
    ['OTHER', 'blocked-other'],
    ['A_REASON_OF_NEXT_YEAR', 'blocked-other'],
  ])('makes the block reason %s the code %s', (blockReason, code) => {
    expect(readAnswerText({ promptFeedback: { blockReason } })).toMatchObject({ failure: { code } })
  })

  it('refuses a response of another shape', () => {
    expect(readAnswerText({ candidates: [{ content: { parts: 'x' } }] })).toMatchObject({
      failure: { code: 'answer-unreadable' },
    })
    expect(readAnswerText(null)).toMatchObject({ failure: { code: 'answer-unreadable' } })
  })

  it('never takes an empty answer for an answer', () => {
    expect(readAnswerText({})).toMatchObject({ failure: { code: 'answer-empty' } })
    expect(readAnswerText(answer('STOP'))).toMatchObject({ failure: { code: 'answer-empty' } })
    expect(readAnswerText(answer('STOP', ' \n'))).toMatchObject({ failure: { code: 'answer-empty' } })
    expect(readAnswerText(answer('MAX_TOKENS'))).toMatchObject({ failure: { code: 'answer-truncated' } })
  })
})

describe('readUsage()', () => {
  it('counts what is no number as 0', () => {
    const none = { promptTokens: 0, outputTokens: 0, thoughtTokens: 0, totalTokens: 0, calls: 1 }
    expect(readUsage(undefined)).toEqual(none)
    expect(readUsage({ promptTokenCount: '12', candidatesTokenCount: -1, totalTokenCount: 7 })).toEqual({
      ...none,
      totalTokens: 7,
    })
  })
})

describe('asServiceError()', () => {
  const google = (status: number, error: object) =>
    new ApiError({ status, message: JSON.stringify({ error: { code: status, ...error } }) })

  it.each([
    [google(429, { status: 'RESOURCE_EXHAUSTED' }), 'model-rate-limited'],
    [google(500, { status: 'INTERNAL' }), 'model-unavailable'],
    [google(503, { status: 'UNAVAILABLE' }), 'model-unavailable'],
    [google(504, { status: 'DEADLINE_EXCEEDED' }), 'model-timeout'],
    [google(404, { message: 'models/x is not found' }), 'model-not-found'],
    [google(400, { message: 'API key not valid. Please pass a valid API key.' }), 'model-misconfigured'],
    [google(403, { status: 'PERMISSION_DENIED' }), 'model-misconfigured'],
    [google(401, { status: 'UNAUTHENTICATED' }), 'model-misconfigured'],
    [google(400, { message: 'Unable to process input image.' }), 'model-refused-image'],
    [google(400, { message: 'Provided image is not valid.' }), 'model-refused-image'],
    [google(400, { message: 'Unknown name "x"' }), 'model-refused-request'],
    [
      google(400, { message: 'Unknown name "imageConfig" at generation_config: Cannot find field.' }),
      'model-refused-request',
    ],
    [new ApiError({ status: 502, message: '<h1>Bad gateway</h1>' }), 'model-unavailable'],
    [new DOMException('aborted', 'AbortError'), 'model-timeout'],
    [new TypeError('fetch failed'), 'model-unavailable'],
    [new SyntaxError('Unexpected end of JSON input'), 'model-unavailable'],
  ])('%o is %s', (error, code) => {
    expect(asServiceError(error)?.code).toBe(code)
  })

  it('reads how long Google asks to wait', () => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1.5s' }]
    expect(asServiceError(google(429, { details }))?.retryAfterMs).toBe(1500)
  })

  it('leaves bugs alone, and repeats nothing of the service to users', () => {
    expect(asServiceError(new RangeError('ours'))).toBeUndefined()
    expect(asServiceError(new TypeError('x is not a function'))).toBeUndefined()
    const failure = asServiceError(google(400, { message: 'API key AIza-secret not valid' }))!
    expect(`${failure.message} ${failure.publicMessage}`).not.toContain('secret')
  })
})

describe('withRetry()', () => {
  const policy = { attempts: 3, firstWaitMs: 1, maxWaitMs: 50 }
  const failing = (errors: Error[]) => {
    let calls = 0
    const request = async () => {
      const error = errors[calls++]
      if (error) throw error
      return 'answer'
    }
    return { request, calls: () => calls }
  }

  it('repeats what may heal', async () => {
    const { request, calls } = failing([
      new ApiError({ status: 503, message: '' }),
      new TypeError('fetch failed'),
    ])
    expect(await withRetry(request, policy)).toBe('answer')
    expect(calls()).toBe(3)
  })

  it('gives up after the last attempt', async () => {
    const { request, calls } = failing(
      Array.from({ length: 9 }, () => new ApiError({ status: 503, message: '' })),
    )
    await expect(withRetry(request, policy)).rejects.toMatchObject({ code: 'model-unavailable' })
    expect(calls()).toBe(3)
  })

  it.each([
    ['a refusal', new ApiError({ status: 400, message: '' }), 'model-refused-request'],
    [
      'a wait that is too long',
      new ApiError({
        status: 429,
        message:
          '{"error":{"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"7s"}]}}',
      }),
      'model-rate-limited',
    ],
  ])('does not repeat after %s', async (_, error, code) => {
    const { request, calls } = failing([error])
    await expect(withRetry(request, policy)).rejects.toMatchObject({ code })
    expect(calls()).toBe(1)
  })

  it('waits as long as Google asks', async () => {
    const message =
      '{"error":{"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"0.04s"}]}}'
    const { request } = failing([new ApiError({ status: 429, message })])
    const from = performance.now()
    await withRetry(request, policy)
    expect(performance.now() - from).toBeGreaterThanOrEqual(38)
  })

  it('repeats a time-out once, since it may have been paid', async () => {
    const { request, calls } = failing(
      Array.from({ length: 9 }, () => new DOMException('aborted', 'AbortError')),
    )
    await expect(withRetry(request, policy)).rejects.toMatchObject({ code: 'model-timeout' })
    expect(calls()).toBe(2)
  })

  it('stops waiting when the time is up', async () => {
    const { request, calls } = failing(
      Array.from({ length: 9 }, () => new ApiError({ status: 503, message: '' })),
    )
    const slow = { attempts: 3, firstWaitMs: 10_000, maxWaitMs: 60_000 }
    await expect(withRetry(request, slow, AbortSignal.timeout(20))).rejects.toMatchObject({
      code: 'model-timeout',
    })
    expect(calls()).toBe(1)
  })

  it('lets bugs through as they are', async () => {
    const bug = new RangeError('ours')
    await expect(withRetry(failing([bug]).request, policy)).rejects.toBe(bug)
  })
})

describe('readAnswerJson()', () => {
  it.each([
    ['bare', '[{"a":1}]'],
    ['fenced', '```json\n[{"a":1}]\n```'],
    ['fenced without a language', '```\n[{"a":1}]\n```'],
    ['in prose', 'Here are the objects:\n[{"a":1}]\nI hope this helps.'],
    ['followed by prose with a bracket', '[{"a":1}]\nNote: see [1].'],
    ['fenced in prose', 'Sure!\n```json\n[{"a":1}]\n```\nAnything else?'],
  ])('reads JSON that is %s', (_, text) => {
    expect(readAnswerJson(text, false)).toEqual({ value: [{ a: 1 }], state: 'read' })
  })

  it.each([
    ['single quotes', "[{'a': 1}]", [{ a: 1 }]],
    ['a trailing comma', '[{"a":1},]', [{ a: 1 }]],
  ])('repairs %s', (_, text, value) => {
    expect(readAnswerJson(text, false)).toEqual({ value, state: 'salvaged' })
  })

  it('keeps the whole elements of a cut answer, and no half one', () => {
    const text = '```json\n[{"label":"cup","box_2d":[1,2,3,4]},{"label":"pla'
    expect(readAnswerJson(text, true)).toEqual({
      value: [{ label: 'cup', box_2d: [1, 2, 3, 4] }],
      state: 'salvaged',
    })
  })

  it.each(['I cannot see any objects.', '', 'null', '"text"'])(
    'refuses %j rather than finding nothing',
    (text) => {
      expect(() => readAnswerJson(text, false)).toThrowError(
        expect.objectContaining({ code: 'answer-unreadable' }),
      )
    },
  )
})
