import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
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
    ['gemini-2.5-flash', 384, 384, undefined, 258],
    ['gemini-2.5-flash', 385, 100, undefined, 258],
    ['gemini-2.5-flash', 768, 768, undefined, 258],
    ['gemini-2.5-flash', 1536, 1024, undefined, 4 * 258],
    ['gemini-3.8-flash', 100, 100, undefined, 1120],
    ['gemini-3.8-flash', 1536, 1024, undefined, 1120],
    ['gemini-3.8-flash', 1536, 1024, 'MEDIA_RESOLUTION_MEDIUM', 560],
    ['gemini-3.8-flash', 1536, 1024, 'MEDIA_RESOLUTION_LOW', 280],
  ])('%s, %i x %i, %s: %i', async (model, width, height, mediaResolution, tokens) => {
    const { post } = await emulated()
    const contents = [{ parts: [inline(await plain(width, height)), { text: '12345678' }] }]
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
      totalTokenCount: counted.totalTokens! + 32,
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

  test('are not listed after their shutdown', async () => {
    const { ai } = await emulated({ now: () => new Date('2026-12-02') })
    const names = []
    for await (const model of await ai.models.list()) names.push(model.name)
    expect(names).not.toContain('models/gemini-2.5-flash')
    expect(names).toContain('models/gemini-2.5-flash-lite')
  })
})
