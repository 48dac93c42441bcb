import { randomBytes } from 'node:crypto'
import { connectFunctionsEmulator, getFunctions, httpsCallable } from 'firebase/functions'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { CompareImagesResult } from '../../functions/src/api/compare-images.ts'
import { emulator, signIn, type User } from '../support/app.ts'
import { gemini } from '../support/gemini-control.ts'

const PHOTOS = 16
const SIDE = 1536
const SIZE = { width: SIDE, height: SIDE }

let user: User
let paths: string[]
let totalBytes = 0
beforeAll(async () => {
  user = await signIn()
  await gemini.reset()
  const description = { caption: 'Noise.', altText: 'Noise.', labels: [], text: '' }
  await gemini.script({
    match: { imageSize: SIZE, textIncludes: 'Describe this picture' },
    reply: { text: JSON.stringify(description) },
  })
  await gemini.script({
    match: { imageSize: SIZE, textIncludes: 'segmentation masks' },
    reply: { text: '[]' },
  })
  paths = []
  for (let i = 0; i < PHOTOS; i++) {
    const jpeg = await sharp(randomBytes(SIDE * SIDE * 3), {
      raw: { width: SIDE, height: SIDE, channels: 3 },
    })
      .jpeg({ quality: 97 })
      .toBuffer()
    totalBytes += jpeg.length
    paths.push(await user.upload(`noise-${i}.jpg`, jpeg))
  }
  for (const path of paths) await user.annotated(path, 'succeeded')
}, 180_000)
afterAll(async () => {
  await gemini.reset()
  await user.close()
})

it('compareImages() uploads 40 MB of photos as files, and uses the files again', async () => {
  expect(totalBytes).toBeGreaterThan(40_000_000)
  const functions = getFunctions(user.app)
  const { host, port } = emulator('FUNCTIONS_EMULATOR_HOST')
  connectFunctionsEmulator(functions, host, port)
  const compare = httpsCallable<object, CompareImagesResult>(functions, 'compareImages', { timeout: 80_000 })
  const answer = { summary: 'All noise.', similarities: ['Noise.'], differences: [] }
  await gemini.script({
    match: { imageSize: SIZE, textIncludes: 'Compare these' },
    reply: { text: JSON.stringify(answer) },
  })
  const images = paths.map((path) => ({ path }))

  const first = await compare({ images })
  expect(first.data).toMatchObject({ summary: 'All noise.', usage: { calls: 1 } })
  const uploads = (await gemini.allRequests()).filter(({ method }) => method === 'upload').length
  expect(uploads).toBeGreaterThan(0)

  await compare({ images })
  const requests = await gemini.allRequests()
  expect(requests.filter(({ method }) => method === 'upload')).toHaveLength(uploads)
  const comparisons = requests.filter(({ texts }) => texts?.at(-1)?.includes('Compare these'))
  expect(comparisons).toHaveLength(2)
  for (const { images: sent } of comparisons) {
    expect(sent).toHaveLength(PHOTOS)
    const inlineBytes = sent!
      .filter(({ source }) => source === 'inlineData')
      .reduce((sum, { bytes }) => sum + bytes, 0)
    expect((inlineBytes * 4) / 3).toBeLessThan(20_000_000)
    expect(sent!.some(({ source }) => source === 'fileData')).toBe(true)
  }
})
