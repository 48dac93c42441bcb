import { type GenerateContentResponse } from '@google/genai'
import { describe, expect, it } from 'vitest'
import { readAnswerText } from '../../../functions/src/model/gemini/finish-reason.ts'
import { generateConfig } from '../../../functions/src/model/gemini/prompt.ts'
import { readUsage } from '../../../functions/src/model/gemini/read-usage.ts'
import { modelFamily } from '../../../functions/src/model/model-families.ts'
import type { ModelRequest } from '../../../functions/src/ports/vision-model.ts'

describe('modelFamily()', () => {
  it.each([
    ['gemini-2.5-flash', 'budget', 'png', true],
    ['models/gemini-2.5-flash-lite', 'budget', 'png', true],
    ['publishers/google/models/gemini-2.5-pro', 'budget', 'png', true],
    ['gemini-2.0-flash', 'none', 'png', true],
    ['gemini-3-flash-preview', 'level', 'polygon', true],
    ['gemini-3.5-flash', 'level', 'polygon', true],
    ['gemini-3.5-flash-lite', 'level', 'polygon', false],
    ['gemini-3.6-flash', 'level', 'polygon', false],
    ['gemini-3.8-flash', 'level', 'polygon', false],
    ['gemini-4-hydrogen', 'level', 'polygon', false],
    ['gemini-4-argon', 'level', 'polygon', false],
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

  it('turns thinking off or down, never with both controls', () => {
    const thinking = (model: string) => generateConfig({ ...request, model }).thinkingConfig
    expect(thinking('gemini-2.5-flash')).toEqual({ thinkingBudget: 0 })
    expect(thinking('gemini-2.5-pro')).toEqual({ thinkingBudget: 128 })
    expect(thinking('gemini-3.8-flash')).toEqual({ thinkingLevel: 'LOW' })
    expect(thinking('gemini-4-hydrogen')).toEqual({ thinkingLevel: 'LOW' })
    expect(thinking('gemini-3.5-flash-lite')).toEqual({ thinkingLevel: 'MINIMAL' })
    expect(thinking('gemini-2.0-flash')).toBeUndefined()
    expect(
      generateConfig({ ...request, model: 'gemini-3.8-flash', thinking: 'default' }).thinkingConfig,
    ).toBeUndefined()
  })

  it('sends a temperature only to families that support it', () => {
    const config = (model: string) => generateConfig({ ...request, model, temperature: 0.5 })
    expect(config('gemini-2.5-flash')).toMatchObject({ temperature: 0.5 })
    expect(config('gemini-3.8-flash')).not.toHaveProperty('temperature')
  })

  it('sends the media resolution only to families with a fixed number of tokens for an image', () => {
    const config = (model: string) => generateConfig({ ...request, model, mediaResolution: 'low' })
    expect(config('gemini-3.8-flash')).toMatchObject({ mediaResolution: 'MEDIA_RESOLUTION_LOW' })
    // 64 tokens for the whole image.
    expect(config('gemini-2.5-flash-lite')).not.toHaveProperty('mediaResolution')
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

  it('joins the text parts without thoughts', () => {
    const parts = [{ text: 'hm', thought: true }, { text: 'a ' }, { text: 'cat' }]
    const response = {
      candidates: [{ finishReason: 'STOP', content: { parts } }],
    } as unknown as GenerateContentResponse
    expect(readAnswerText(response)).toEqual({ text: 'a cat', truncated: false })
  })

  it('marks a truncated answer', () => {
    for (const reason of ['MAX_TOKENS', 'CONTINUATION'])
      expect(readAnswerText(answer(reason, '{"a'))).toEqual({ text: '{"a', truncated: true })
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
    ['MALFORMED_FUNCTION_CALL', 'model-refused-request'],
    ['MISSING_THOUGHT_SIGNATURE', 'model-refused-request'],
    ['MODEL_ARMOR', 'blocked-safety'],
    ['ESCALATION', 'blocked-other'],
    ['PUP_LIMITED_DISABLED', 'model-misconfigured'],
    ['A_REASON_OF_NEXT_YEAR', 'answer-stopped'],
    ['constructor', 'answer-stopped'],
  ])('maps the finish reason %s to %s and drops the text', (finishReason, code) => {
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
  ])('maps the block reason %s to %s', (blockReason, code) => {
    expect(readAnswerText({ promptFeedback: { blockReason } })).toMatchObject({ failure: { code } })
  })

  it('refuses a response of another shape', () => {
    expect(readAnswerText({ candidates: [{ content: { parts: 'x' } }] })).toMatchObject({
      failure: { code: 'answer-unreadable' },
    })
    expect(readAnswerText(null)).toMatchObject({ failure: { code: 'answer-unreadable' } })
  })

  it('rejects an empty answer', () => {
    expect(readAnswerText({})).toMatchObject({ failure: { code: 'answer-empty' } })
    expect(readAnswerText(answer('STOP'))).toMatchObject({ failure: { code: 'answer-empty' } })
    expect(readAnswerText(answer('STOP', ' \n'))).toMatchObject({ failure: { code: 'answer-empty' } })
    expect(readAnswerText(answer('MAX_TOKENS'))).toMatchObject({ failure: { code: 'answer-truncated' } })
  })
})

describe('readUsage()', () => {
  it('counts values that are not numbers as 0', () => {
    const none = { promptTokens: 0, outputTokens: 0, thoughtTokens: 0, totalTokens: 0, calls: 1 }
    expect(readUsage(undefined)).toEqual(none)
    expect(readUsage({ promptTokenCount: '12', candidatesTokenCount: -1, totalTokenCount: 7 })).toEqual({
      ...none,
      totalTokens: 7,
    })
  })
})
