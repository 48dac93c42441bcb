import { describe, expect, test } from 'vitest'
import { drawScene } from '../../support/scene.ts'
import { type Box2d, emulated, inline, parseFenced } from './emulated.ts'
import { CAPTION, THREE_SHAPES } from './three-shapes.ts'

const { png } = await drawScene(THREE_SHAPES)

describe('generateContent', () => {
  test('returns the same answer to the same request', async () => {
    const [first, second] = [await emulated(), await emulated()]
    const body = {
      contents: [{ parts: [inline(png), { text: 'Give the segmentation masks for all items.' }] }],
    }
    const path = '/v1/models/gemini-2.5-flash:generateContent'
    expect(await first.post(path, body)).toEqual(await second.post(path, body))
  })

  test('returns JSON for responseMimeType application/json, and fenced JSON otherwise', async () => {
    const { ai } = await emulated()
    const contents = [
      inline(png),
      { text: 'Detect all items; box_2d is [ymin, xmin, ymax, xmax] of 0-1000.' },
    ]
    const fenced = await ai.models.generateContent({ model: 'gemini-3.8-flash', contents })
    const config = { responseMimeType: 'application/json' }
    const bare = await ai.models.generateContent({ model: 'gemini-3.8-flash', contents, config })
    expect(fenced.text).toMatch(
      /^```json\n\[\n {2}\{"box_2d": \[\d+, \d+, \d+, \d+\], "label": "blue rectangle"\},\n/,
    )
    expect(parseFenced(fenced.text!)).toEqual(JSON.parse(bare.text!))
  })

  test.each([
    ['Give the segmentation masks for the red items.', ['red circle']],
    ['Detect the blue rectangle and the orange square. box_2d', ['blue rectangle', 'orange square']],
    ['Give the segmentation masks for the purple items.', []],
    [
      'Give the segmentation masks for the wooden and glass items.',
      ['blue rectangle', 'red circle', 'orange square'],
    ],
  ])('%s', async (text, labels) => {
    const { ai } = await emulated()
    const answer = await ai.models.generateContent({
      model: 'gemini-3.8-flash',
      contents: [inline(png), { text }],
    })
    expect((parseFenced(answer.text!) as { label: string }[]).map(({ label }) => label)).toEqual(labels)
  })

  test('obeys the limits of the prompt for objects and points, and writes compact JSON if asked', async () => {
    const { ai } = await emulated()
    const ask = async (limits: string) => {
      const text = `Give the segmentation masks for the items. ${limits}`
      const answer = await ai.models.generateContent({
        model: 'gemini-3.8-flash',
        contents: [inline(png), { text }],
        config: { responseMimeType: 'application/json' },
      })
      const items = JSON.parse(answer.text!) as { label: string; mask: unknown[] }[]
      return { text: answer.text!, items, circle: items.find(({ label }) => label === 'red circle') }
    }
    const whole = await ask('')
    const limited = await ask('At most 2 objects, with at most 12 points each, as compact JSON.')
    expect([whole.items.length, limited.items.length]).toEqual([3, 2])
    expect(whole.circle!.mask.length).toBeGreaterThan(12)
    expect(limited.circle!.mask.length).toBeLessThanOrEqual(12)
    expect(limited.circle!.mask.length).toBeGreaterThan(8)
    expect(whole.text).toMatch(/\s/)
    expect(limited.text.replaceAll('red circle', '').replaceAll('blue rectangle', '')).not.toMatch(/\s/)
  })

  test('returns points with y first', async () => {
    const { ai } = await emulated()
    const text = 'Point to the red circle. The answer follows [{"point": [y, x], "label": ...}].'
    const answer = await ai.models.generateContent({
      model: 'gemini-3.8-flash',
      contents: [inline(png), { text }],
    })
    expect(parseFenced(answer.text!)).toEqual([{ point: [288, 217], label: 'red circle' }])
  })

  test.each([
    ['How many circles are there?', 'There is one circle.'],
    ['How many things are there?', 'There are 3 things.'],
    ['What color is the circle?', 'The circle is red.'],
    ['Is there a green triangle?', 'No, I see no green triangle.'],
    ['Is there a blue rectangle?', 'Yes, there is a blue rectangle at the top right.'],
    ['Where is the square?', 'There is an orange square at the bottom right.'],
    ['What is the colour of the background?', 'The background is white.'],
    ['Who is wearing a mask?', CAPTION],
  ])('%s', async (text, expected) => {
    const { ai } = await emulated()
    const answer = await ai.models.generateContent({
      model: 'gemini-3.8-flash',
      contents: [inline(png), text],
    })
    expect(answer.text).toBe(expected)
  })

  test('truncates the text at maxOutputTokens, with the finish reason', async () => {
    const { ai } = await emulated()
    const config = { maxOutputTokens: 5 }
    const answer = await ai.models.generateContent({
      model: 'gemini-2.5-flash',
      contents: [inline(png), 'Caption'],
      config,
    })
    expect(answer.text).toBe('A blue rectangle at the')
    expect(answer.candidates?.[0]?.finishReason).toBe('MAX_TOKENS')
    expect(answer.usageMetadata?.candidatesTokenCount).toBe(5)
  })

  test('routes gemini-2.5-flash to gemini-3.5-flash-lite from 1 December 2026', async () => {
    const contents = [inline(png), { text: 'Give the segmentation masks for all items.' }]
    const ask = async (date: string) => {
      const { ai } = await emulated({ now: () => new Date(date) })
      const answer = await ai.models.generateContent({ model: 'gemini-2.5-flash', contents })
      return [answer.modelVersion, typeof (parseFenced(answer.text!) as { mask: unknown }[])[0]!.mask]
    }
    expect(await ask('2026-11-30T23:59:59Z')).toEqual(['gemini-2.5-flash', 'string'])
    expect(await ask('2026-12-01T00:00:00Z')).toEqual(['gemini-3.5-flash-lite', 'object'])
  })

  test('accepts a bearer token on Vertex AI paths', async () => {
    const { post } = await emulated()
    const path =
      '/v1beta1/projects/demo/locations/global/publishers/google/models/gemini-3.8-flash:generateContent'
    const body = { contents: [{ role: 'user', parts: [inline(png), { text: 'Caption this image.' }] }] }
    expect(
      (await post(path, body, { authorization: 'Bearer token' })).body.candidates![0]!.content.parts[0]!.text,
    ).toBe(CAPTION)
    expect((await post(path, body, {})).body.error).toMatchObject({ code: 401, status: 'UNAUTHENTICATED' })
  })
})

describe('streamGenerateContent', () => {
  test('sends the text in pieces, the last with the finish reason and token counts', async () => {
    const { ai } = await emulated()
    const pieces = []
    for await (const piece of await ai.models.generateContentStream({
      model: 'gemini-3.8-flash',
      contents: [inline(png), 'Caption'],
    }))
      pieces.push(piece)
    expect(pieces.length).toBeGreaterThan(2)
    expect(pieces.map(({ text }) => text).join('')).toBe(CAPTION)
    expect(pieces.map(({ candidates }) => candidates?.[0]?.finishReason).slice(-2)).toEqual([
      undefined,
      'STOP',
    ])
    expect(pieces.at(-1)?.usageMetadata).toMatchObject({ promptTokenCount: 1121, thoughtsTokenCount: 64 })
  })

  test('sends thoughts first if includeThoughts is set', async () => {
    const { ai, script } = await emulated()
    await script({ reply: { text: 'A cat.' } })
    const stream = await ai.models.generateContentStream({
      model: 'gemini-3.8-flash',
      contents: 'Caption',
      config: { thinkingConfig: { includeThoughts: true } },
    })
    const thoughts = []
    for await (const { candidates } of stream)
      thoughts.push(candidates?.[0]?.content?.parts?.[0]?.thought ?? false)
    expect(thoughts).toEqual([true, false, false])
  })

  test('returns a JSON array without alt=sse', async () => {
    const { post } = await emulated()
    const contents = [{ parts: [{ text: 'Hello' }] }]
    const { body } = await post('/v1beta/models/gemini-3.8-flash:streamGenerateContent', { contents })
    expect(body).toBeInstanceOf(Array)
    expect(
      (body as GoogleArray).map(({ candidates }) => candidates[0]!.content.parts[0]!.text).join(''),
    ).toBe('I see no image.')
  })
})

type GoogleArray = { candidates: { content: { parts: { text: string }[] } }[] }[]

describe('the boxes of differences', () => {
  test('refer to the image of each region', async () => {
    const { ai } = await emulated()
    const moved = await drawScene({
      ...THREE_SHAPES,
      shapes: [THREE_SHAPES.shapes[1]!, { ...THREE_SHAPES.shapes[0]!, cx: 130, cy: 300 } as never],
    })
    const responseJsonSchema = {
      type: 'object',
      properties: {
        summary: { type: 'string' },
        differences: {
          type: 'array',
          items: {
            type: 'object',
            properties: {
              description: { type: 'string' },
              regions: {
                type: 'array',
                items: {
                  type: 'object',
                  properties: {
                    image: { type: 'integer', minimum: 1 },
                    box_2d: { type: 'array', items: { type: 'integer' } },
                  },
                },
              },
            },
          },
        },
      },
    }
    const answer = await ai.models.generateContent({
      model: 'gemini-3.8-flash',
      contents: ['Image 1:', inline(png), 'Image 2:', inline(moved.png), 'What is different?'],
      config: { responseMimeType: 'application/json', responseJsonSchema },
    })
    const { differences } = JSON.parse(answer.text!) as {
      differences: { description: string; regions: { image: number; box_2d: Box2d }[] }[]
    }
    expect(differences).toEqual([
      {
        description: 'The red circle is at the top left in image 1 and at the bottom left in image 2.',
        regions: [
          { image: 1, box_2d: [125, 108, 450, 325] },
          { image: 2, box_2d: [588, 108, 913, 325] },
        ],
      },
      {
        description: 'Image 1 shows an orange square at the bottom right, which is missing in image 2.',
        regions: [{ image: 1, box_2d: [588, 633, 875, 825] }],
      },
    ])
  })
})
