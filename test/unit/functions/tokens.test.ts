import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import {
  estimateImageTokens,
  estimatePromptTokens,
  estimateTextTokens,
  mostImageTokens,
} from '../../../functions/src/model/tokens.ts'
import { textTokens } from '../../../gemini-emulator/src/api/tokens.ts'
import { useEmulatedModel } from '../../support/emulated-model.ts'
import { assert, double, property } from '../../support/seeded-fast-check.ts'

const high = (model: string) => ({ model, mediaResolution: 'high' as const })

describe('estimateImageTokens()', () => {
  // The figures of https://ai.google.dev/gemini-api/docs/image-understanding, "Calculate tokens", 2026-11.
  it.each([
    [384, 384, 258],
    [385, 10, 258],
    [384, 385, 258],
    [768, 768, 258],
    [769, 768, 2 * 258],
    [1536, 1024, 4 * 258],
    [3000, 16, 4 * 258],
  ])('counts tiles of 768 pixels for 2.x: %i x %i', (width, height, tokens) => {
    expect(estimateImageTokens({ width, height }, high('gemini-2.5-flash'))).toBe(tokens)
    expect(estimateImageTokens({ width: height, height: width }, high('models/gemini-2.0-flash'))).toBe(
      tokens,
    )
  })

  it.each(['gemini-3.8-flash', 'gemini-3.5-flash-lite', 'a-model-never-seen'])(
    'counts 1120 for any image and %s',
    (model) => {
      expect(estimateImageTokens({ width: 16, height: 16 }, high(model))).toBe(1120)
      expect(estimateImageTokens({ width: 8000, height: 6000 }, high(model))).toBe(1120)
    },
  )
})

describe('estimateImageTokens() of a media resolution', () => {
  // https://ai.google.dev/gemini-api/docs/media-resolution, 2026-11.
  it.each([
    ['low', 280],
    ['medium', 560],
    ['high', 1120],
  ] as const)('counts %s as %i for 3.x, and as tiles for 2.x', (resolution, tokens) => {
    const size = { width: 100, height: 100 }
    const flash = { model: 'gemini-3.8-flash', mediaResolution: resolution }
    expect(estimateImageTokens(size, flash)).toBe(tokens)
    expect(
      mostImageTokens(flash, { fullResolution: true, heic: 'off', maxImagePixels: 50_000_000 }, true),
    ).toBe(tokens)
    expect(estimateImageTokens(size, { ...flash, model: 'gemini-2.5-flash-lite' })).toBe(258)
  })
})

describe('estimateTextTokens()', () => {
  it('counts a token for four characters of English', () => {
    expect(['', 'a', 'four', 'fives'].map(estimateTextTokens)).toEqual([0, 1, 1, 2])
  })

  // Each text has 20 characters or more. The local Gemini API counts pieces as Gemma's tokenizer does.
  it.each([
    ['digits', '12345678901234567890'],
    ['Chinese', '照片里有什么东西请详细描述每个物体的颜色'],
    ['Japanese', 'この写真には何が写っていますか詳しく教えて'],
    ['Korean', '이 사진에는 무엇이 있는지 자세히 설명해 주세요'],
    ['Russian', 'Что изображено на этой фотографии?'],
    ['Arabic', 'ماذا يوجد في هذه الصورة بالتفصيل'],
    ['Hindi', 'इस तस्वीर में क्या दिख रहा है बताओ'],
    ['Thai', 'ในภาพนี้มีอะไรบ้างช่วยอธิบายให้ละเอียด'],
    ['Vietnamese', 'Trong bức ảnh này có những gì?'],
    ['emoji', '🏠🚗🌳🐕👨‍👩‍👧‍👦🎉🍕🚀🌈⚽🎸📷🔑🧩🪁🥑🦊🌋🛶🧭'],
    ['tag characters', '\u{e0041}'.repeat(20)],
  ])('does not count less than the local Gemini API for %s', (_, text) => {
    const estimate = estimateTextTokens(text)
    expect(estimate).toBeGreaterThanOrEqual(textTokens(text))
    expect(estimate).toBeGreaterThan(text.length / 4)
  })

  it('takes time in proportion to the length of a text', () => {
    expect(estimateTextTokens('\u{e0041}'.repeat(100_000))).toBe(400_000)
  })
})

describe('estimatePromptTokens()', () => {
  const { model } = useEmulatedModel({ now: () => new Date('2026-11-22') })

  it.each([
    ['gemini-2.5-flash', 'low'],
    ['gemini-3.8-flash', 'high'],
    ['gemini-3.8-flash', 'low'],
    ['gemini-4-hydrogen', 'medium'],
    ['gemini-robotics-er-1.5-preview', 'medium'],
  ] as const)('agrees with what %s counts at the resolution %s', async (name, mediaResolution) => {
    const sizes = [
      { width: 300, height: 200 },
      { width: 1536, height: 900 },
    ]
    const images = await Promise.all(
      sizes.map(async ({ width, height }) => {
        const blank = sharp({ create: { width, height, channels: 3, background: 'white' } })
        return { image: { mimeType: 'image/png', data: await blank.png().toBuffer() } }
      }),
    )
    const [systemInstruction, text] = ['Rules for the answer.', 'Caption this image.']
    const task = { model: name, mediaResolution }
    const { usage } = await model().generate({
      ...task,
      systemInstruction,
      parts: [...images, { text }],
      thinking: 'least',
      maxOutputTokens: 100,
    })
    const prompt = { images: sizes, texts: [systemInstruction, text] }
    // The images exactly; texts of a few words by the rule of four characters.
    expect(Math.abs(estimatePromptTokens(prompt, task) - usage.promptTokens)).toBeLessThan(5)
  })
})

describe('mostImageTokens()', () => {
  const MODEL = high('gemini-2.5-flash')

  it('counts at most four tiles, and at least the tokens of 3.x', () => {
    const limits = { fullResolution: false, heic: 'decode' as const, maxImagePixels: 50_000_000 }
    expect(4 * 258).toBeLessThan(1120)
    expect(mostImageTokens(MODEL, limits, true)).toBe(1120)
    expect(mostImageTokens(high('gemini-3.8-flash'), { ...limits, fullResolution: true }, true)).toBe(1120)
    expect(mostImageTokens(high('gemini-3.8-flash'), { ...limits, heic: 'original' }, true)).toBe(1120)
  })

  it('bounds every photo at full resolution, and is reached', () => {
    for (const maxImagePixels of [256, 1_000_000, 50_000_000, 268_000_000]) {
      const most = mostImageTokens(MODEL, { fullResolution: true, heic: 'off', maxImagePixels }, true)
      assert(
        property(double({ min: 0, max: 1, noNaN: true }), (share) => {
          // From the flattest image to the square one, each as wide as the pixels allow.
          const [flattest, square] = [Math.sqrt(maxImagePixels / 50), Math.sqrt(maxImagePixels)]
          const height = Math.max(16, Math.ceil(flattest + share * (square - flattest)))
          const width = Math.min(Math.floor(maxImagePixels / height), height * 50)
          expect(estimateImageTokens({ width, height }, MODEL)).toBeLessThanOrEqual(most)
        }),
      )
    }
    // 50,000 x 1000 pixels, as wide as 50 MP may be: 66 columns of 2 rows.
    const limits = { fullResolution: true, heic: 'off' as const, maxImagePixels: 50_000_000 }
    const most = mostImageTokens(MODEL, limits, true)
    expect(most).toBe(258 * 132)
    const originals = { ...limits, fullResolution: false, heic: 'original' as const }
    expect(mostImageTokens(MODEL, originals, true)).toBe(most)
    expect(mostImageTokens(MODEL, originals, false)).toBe(1120)
    expect(estimateImageTokens({ width: 50_000, height: 1000 }, MODEL)).toBe(most)
  })
})
