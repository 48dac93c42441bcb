import { initializeApp } from 'firebase/app'
import { describe, expect, it } from 'vitest'
import { createFiresight } from '../../../client/src/index.ts'
import { scaledSize } from '../../../client/src/scale-down.ts'

describe('scaledSize()', () => {
  it.each([
    ['keeps a smaller photo', { width: 640, height: 480 }, 1_000_000, { width: 640, height: 480 }],
    [
      'keeps a photo of exactly the limit',
      { width: 1000, height: 1000 },
      1_000_000,
      { width: 1000, height: 1000 },
    ],
    [
      'halves the sides for a quarter of the pixels',
      { width: 4000, height: 3000 },
      3_000_000,
      { width: 2000, height: 1500 },
    ],
    [
      'keeps the shape of a tall photo',
      { width: 3000, height: 4000 },
      3_000_000,
      { width: 1500, height: 2000 },
    ],
    [
      'keeps at least one pixel of a narrow photo',
      { width: 1, height: 90_000 },
      10_000,
      { width: 1, height: 10_000 },
    ],
    ['returns one pixel for one pixel', { width: 30, height: 20 }, 1, { width: 1, height: 1 }],
  ])('%s', (_, size, maxPixels, expected) => {
    expect(scaledSize(size, maxPixels)).toEqual(expected)
  })

  it('never exceeds the limit, never enlarges, and keeps the shape to about a pixel', () => {
    for (let width = 1; width < 400; width += 7) {
      for (const [height, maxPixels] of [
        [1, 50],
        [233, 9999],
        [389, 10_000],
        [4000, 12_345],
      ] as const) {
        const scaled = scaledSize({ width, height }, maxPixels)
        const context = JSON.stringify({ width, height, maxPixels, scaled })
        expect([context, scaled.width * scaled.height <= Math.max(maxPixels, 1)]).toEqual([context, true])
        expect([context, scaled.width <= width && scaled.height <= height]).toEqual([context, true])
        const small = Math.min(Math.sqrt(maxPixels / (width * height)), 1) * Math.min(width, height)
        const change = Math.abs(scaled.width / scaled.height / (width / height) - 1)
        // A side of less than one pixel cannot keep the shape.
        expect([context, small < 1 || change < 1.5 / small]).toEqual([context, true])
      }
    }
  })
})

describe('upload() with maxPixels', () => {
  const app = initializeApp({ projectId: 'demo-firesight', apiKey: 'fake', storageBucket: 'b' }, 'scale-down')
  const firesight = createFiresight({
    app,
    auth: { authStateReady: async () => {}, currentUser: null },
  })
  const photo = new Blob([new Uint8Array(8)], { type: 'image/jpeg' })
  it.each([0, 1.5, Number.NaN, -4])('rejects %d', async (maxPixels) => {
    await expect(firesight.upload(photo, { maxPixels })).rejects.toMatchObject({
      code: 'invalid-request',
      issues: [{ path: 'maxPixels', message: expect.stringContaining('a whole number from 1') }],
    })
  })
  it('is refused in Node, which cannot decode images', async () => {
    await expect(firesight.upload(photo, { maxPixels: 4_000_000 })).rejects.toMatchObject({
      code: 'invalid-request',
      issues: [{ path: 'maxPixels', message: expect.stringContaining('needs a browser') }],
    })
  })
})
