import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPartFromUri, createUserContent, FileState } from '@google/genai'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { drawScene, type Scene } from '../../support/scene.ts'
import { type Box2d, emulated, inline, parseFenced } from './emulated.ts'

const SCENE: Scene = {
  width: 600,
  height: 400,
  background: 'white',
  shapes: [
    { kind: 'circle', colour: 'red', cx: 130, cy: 115, radius: 65 },
    { kind: 'rectangle', colour: 'blue', x: 310, y: 60, width: 210, height: 100 },
    { kind: 'square', colour: 'orange', x: 380, y: 235, width: 115, height: 115 },
  ],
}
const CAPTION =
  'A blue rectangle at the top right, a red circle at the top left and an orange square at the bottom right on a white background.'

let png: Buffer
let jpeg: Buffer
let folder: string
beforeAll(async () => {
  ;({ png } = await drawScene(SCENE))
  jpeg = await sharp(png).jpeg({ quality: 90 }).toBuffer()
  folder = await mkdtemp(join(tmpdir(), 'gemini-emulator-'))
  await writeFile(join(folder, 'sample.jpg'), jpeg)
  await writeFile(join(folder, 'image2.png'), png)
})
afterAll(() => rm(folder, { recursive: true }))

// https://ai.google.dev/gemini-api/docs/image-understanding, the JavaScript samples, 2026-11.
describe("the guide's JavaScript samples", () => {
  test('inline: a local file is captioned', async () => {
    const { ai } = await emulated()
    const base64ImageFile = await readFile(join(folder, 'sample.jpg'), { encoding: 'base64' })
    const contents = [
      { inlineData: { mimeType: 'image/jpeg', data: base64ImageFile } },
      { text: 'Caption this image.' },
    ]
    const response = await ai.models.generateContent({ model: 'gemini-2.5-flash', contents })
    expect(response.text).toBe(CAPTION)
    expect(response.candidates?.[0]).toMatchObject({
      finishReason: 'STOP',
      index: 0,
      content: { role: 'model' },
    })
    expect(response.modelVersion).toBe('gemini-2.5-flash')
    expect(response.responseId).toMatch(/^[\w-]{22}$/)
  })

  test('URL: an image is fetched and sent as bytes', async () => {
    const { ai } = await emulated()
    const site = createServer((_request, response) => response.end(jpeg)).listen(0, '127.0.0.1')
    onTestFinished(() => void site.close())
    await new Promise((resolve) => site.once('listening', resolve))
    const response = await fetch(
      `http://127.0.0.1:${(site.address() as { port: number }).port}/instrument-img`,
    )
    const base64ImageData = Buffer.from(await response.arrayBuffer()).toString('base64')
    const result = await ai.models.generateContent({
      model: 'gemini-2.5-flash',
      contents: [
        { inlineData: { mimeType: 'image/jpeg', data: base64ImageData } },
        { text: 'Caption this image.' },
      ],
    })
    expect(result.text).toBe(CAPTION)
  })

  test('Files API: an uploaded file is captioned', async () => {
    const { ai } = await emulated()
    const myfile = await ai.files.upload({
      file: join(folder, 'sample.jpg'),
      config: { mimeType: 'image/jpeg' },
    })
    expect(myfile).toMatchObject({
      mimeType: 'image/jpeg',
      sizeBytes: String(jpeg.length),
      state: FileState.ACTIVE,
    })
    const response = await ai.models.generateContent({
      model: 'gemini-2.5-flash',
      contents: createUserContent([createPartFromUri(myfile.uri!, myfile.mimeType!), 'Caption this image.']),
    })
    expect(response.text).toBe(CAPTION)
  })

  test('several images: an uploaded and an inline one are compared', async () => {
    const { ai } = await emulated()
    const changed = await drawScene({
      ...SCENE,
      shapes: [{ ...SCENE.shapes[0]!, colour: 'green' }, SCENE.shapes[1]!],
    })
    const uploadedFile = await ai.files.upload({
      file: join(folder, 'sample.jpg'),
      config: { mimeType: 'image/jpeg' },
    })
    const response = await ai.models.generateContent({
      model: 'gemini-2.5-flash',
      contents: createUserContent([
        'What is different between these two images?',
        createPartFromUri(uploadedFile.uri!, uploadedFile.mimeType!),
        inline(changed.png),
      ]),
    })
    expect(response.text).toBe(
      'The circle at the top left is red in image 1 and green in image 2. ' +
        'Image 1 shows an orange square at the bottom right, which is missing in image 2. ' +
        'In common: the background of both is white and both show a blue rectangle at the top right.',
    )
  })
})

describe('generateContent', () => {
  test('gives the same answer to the same request', async () => {
    const [first, second] = [await emulated(), await emulated()]
    const body = {
      contents: [{ parts: [inline(png), { text: 'Give the segmentation masks for all items.' }] }],
    }
    const path = '/v1/models/gemini-2.5-flash:generateContent'
    expect(await first.post(path, body)).toEqual(await second.post(path, body))
  })

  test('gives bare JSON when the response is to be JSON, fenced JSON otherwise', async () => {
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

  test('points: y first', async () => {
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

  test('maxOutputTokens cuts the text and says so', async () => {
    const { ai } = await emulated()
    const config = { maxOutputTokens: 5 }
    const answer = await ai.models.generateContent({
      model: 'gemini-2.5-flash',
      contents: [inline(png), 'Caption'],
      config,
    })
    expect(answer.text).toBe(CAPTION.slice(0, 20))
    expect(answer.candidates?.[0]?.finishReason).toBe('MAX_TOKENS')
    expect(answer.usageMetadata?.candidatesTokenCount).toBe(5)
  })

  test('from 1 December 2026 gemini-2.5-flash is answered by gemini-3.5-flash-lite, in its form', async () => {
    const contents = [inline(png), { text: 'Give the segmentation masks for all items.' }]
    const ask = async (date: string) => {
      const { ai } = await emulated({ now: () => new Date(date) })
      const answer = await ai.models.generateContent({ model: 'gemini-2.5-flash', contents })
      return [answer.modelVersion, typeof (parseFenced(answer.text!) as { mask: unknown }[])[0]!.mask]
    }
    expect(await ask('2026-11-30T23:59:59Z')).toEqual(['gemini-2.5-flash', 'string'])
    expect(await ask('2026-12-01T00:00:00Z')).toEqual(['gemini-3.5-flash-lite', 'object'])
  })

  test('Vertex AI paths take a bearer token', async () => {
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
  test('sends the text in pieces, the last with the reason and the tokens', async () => {
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
    expect(pieces.at(-1)?.usageMetadata).toMatchObject({ promptTokenCount: 1122, thoughtsTokenCount: 64 })
  })

  test('without alt=sse is a JSON array', async () => {
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
  test('are listed page by page and got by name', async () => {
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

  test('leave the list when they are shut down', async () => {
    const { ai } = await emulated({ now: () => new Date('2026-12-02') })
    const names = []
    for await (const model of await ai.models.list()) names.push(model.name)
    expect(names).not.toContain('models/gemini-2.5-flash')
    expect(names).toContain('models/gemini-2.5-flash-lite')
  })
})

describe('boxes of differences', () => {
  test('are those of each image', async () => {
    const { ai } = await emulated()
    const moved = await drawScene({
      ...SCENE,
      shapes: [SCENE.shapes[1]!, { ...SCENE.shapes[0]!, cx: 130, cy: 300 } as never],
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
