import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPartFromUri, createUserContent, FileState } from '@google/genai'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { drawScene } from '../../support/scene.ts'
import { emulated, inline } from './emulated.ts'
import { CAPTION, THREE_SHAPES } from './three-shapes.ts'

let png: Buffer
let jpeg: Buffer
let folder: string
beforeAll(async () => {
  ;({ png } = await drawScene(THREE_SHAPES))
  jpeg = await sharp(png).jpeg({ quality: 90 }).toBuffer()
  folder = await mkdtemp(join(tmpdir(), 'gemini-emulator-'))
  await writeFile(join(folder, 'sample.jpg'), jpeg)
  await writeFile(join(folder, 'image2.png'), png)
})
afterAll(() => rm(folder, { recursive: true }))

// https://ai.google.dev/gemini-api/docs/image-understanding, the JavaScript samples, 2026-11.
describe("the guide's JavaScript samples", () => {
  test('inline: a local file is captioned', async () => {
    const { ai } = await emulated({ now: () => new Date('2026-11-22') })
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
      ...THREE_SHAPES,
      shapes: [{ ...THREE_SHAPES.shapes[0]!, colour: 'green' }, THREE_SHAPES.shapes[1]!],
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
