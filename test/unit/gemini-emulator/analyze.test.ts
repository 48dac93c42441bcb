import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { analyzeImage } from '../../../gemini-emulator/src/vision/analyze.ts'
import { drawScene, FOUR_SHAPES, withOrientation } from '../../support/scene.ts'
import { describeScene, FAST_SCENES } from './drawn-scenes.ts'

// analyze.slow.test.ts has the other scenes.
for (const name of FAST_SCENES) describeScene(name)

describe('analyzeImage()', () => {
  test('applies every EXIF orientation', async () => {
    const { png } = await drawScene(FOUR_SHAPES)
    for (const orientation of [1, 3, 6, 8]) {
      const scene = await analyzeImage(await withOrientation(png, orientation))
      expect([scene.width, scene.height]).toEqual([1200, 800])
      const found = scene.things.find(({ label }) => label === 'red circle')!
      expect(found.box.xMin).toBeCloseTo(130 / 1200, 2)
      expect(found.box.yMin).toBeCloseTo(100 / 800, 2)
    }
  })

  test.each(['white', 'black', 'blue', 'grey'])('finds nothing in a plain %s image', async (background) => {
    const { png } = await drawScene({ width: 500, height: 400, background, shapes: [] })
    const scene = await analyzeImage(await sharp(png).jpeg({ quality: 60 }).toBuffer())
    expect(scene).toMatchObject({ background, things: [] })
  })

  test('finds nothing in a smooth gradient', async () => {
    const pixels = Buffer.from(Uint8Array.from({ length: 600 * 300 }, (_, i) => 40 + ((i % 600) / 600) * 180))
    const png = await sharp(pixels, { raw: { width: 600, height: 300, channels: 1 } })
      .png()
      .toBuffer()
    expect((await analyzeImage(png)).things).toEqual([])
  })

  test('treats transparency as white, and reads greyscale', async () => {
    const disc = Buffer.from(
      '<svg width="200" height="200"><circle cx="100" cy="100" r="60" fill="#000"/></svg>',
    )
    for (const image of [sharp(disc), sharp(disc).flatten({ background: 'white' }).greyscale()]) {
      const scene = await analyzeImage(await image.png().toBuffer())
      expect(scene).toMatchObject({ background: 'white', things: [{ label: 'black circle' }] })
    }
  })

  test('recognizes a star, a pentagon and a hexagon by their corners', async () => {
    const corners = (n: number, radius: (i: number) => number) =>
      Array.from({ length: n }, (_, i) => {
        const angle = (2 * Math.PI * i) / n - Math.PI / 2
        return `${150 + radius(i) * Math.cos(angle)},${150 + radius(i) * Math.sin(angle)}`
      }).join(' ')
    const shapes = {
      star: corners(10, (i) => (i % 2 ? 50 : 120)),
      pentagon: corners(5, () => 120),
      hexagon: corners(6, () => 120),
    }
    for (const [shape, points] of Object.entries(shapes)) {
      const svg = `<svg width="300" height="300"><rect width="300" height="300" fill="white"/><polygon points="${points}" fill="#1f5ac8"/></svg>`
      const scene = await analyzeImage(await sharp(Buffer.from(svg)).png().toBuffer())
      expect(scene.things.map(({ label }) => label)).toEqual([`blue ${shape}`])
    }
  })

  test('accepts images of one pixel and of one row', async () => {
    for (const [width, height] of [
      [1, 1],
      [300, 1],
      [2, 2],
    ] as const) {
      const png = await sharp({ create: { width, height, channels: 3, background: 'red' } })
        .png()
        .toBuffer()
      expect(await analyzeImage(png)).toMatchObject({ width, height, things: [] })
    }
  })
})
