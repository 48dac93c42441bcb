import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { caption } from '../../../gemini-emulator/src/answer/caption.ts'
import { analyzeImage, type Scene } from '../../../gemini-emulator/src/vision/analyze.ts'

// A folder with your own photographs.
const folder = process.env.FIRESIGHT_PHOTOS ?? ''
const photos = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.jpg')) : []

function expectSensible({ things, drawn }: Scene): void {
  expect(drawn).toBe(false)
  expect(things.length).toBeGreaterThan(0)
  expect(things.length).toBeLessThanOrEqual(12)
  for (const { box, share } of things) {
    expect(share).toBeGreaterThan(0.003)
    expect(share).toBeLessThan(0.5)
    expect((box.xMax - box.xMin) * (box.yMax - box.yMin)).toBeLessThan(0.95)
  }
}

describe.skipIf(photos.length === 0)('photographs', () => {
  test.each(photos)('%s has a few regions that stand out', async (name) => {
    const scene = await analyzeImage(readFileSync(join(folder, name)))
    expectSensible(scene)
    expect(caption(scene)).toMatch(/^A photograph with .+ on an? \w+ background\.$/)
  })
})

describe('analyzeImage()', () => {
  test('finds a textured object on a textured background, as in a photograph', async () => {
    const [width, height] = [1200, 900]
    const pixels = Buffer.alloc(width * height * 3)
    let state = 1
    // A linear congruential generator (Numerical Recipes), so that the noise is the same each time.
    const noise = () => ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32 - 0.5) * 70
    for (let i = 0; i < width * height; i++) {
      const [x, y] = [i % width, Math.floor(i / width)]
      const inside = Math.hypot(x - 400, y - 500) < 220
      const [red, green, blue] = inside ? [190, 60, 50] : [120 + (x / width) * 40, 150, 90]
      const grain = noise()
      pixels.set(
        [red + grain, green + grain, blue + grain].map((value) => Math.min(255, Math.max(0, value))),
        i * 3,
      )
    }
    const raw = sharp(pixels, { raw: { width, height, channels: 3 } })
    const scene = await analyzeImage(await raw.blur(1.5).jpeg({ quality: 85 }).toBuffer())
    const [first] = scene.things
    expect(first).toMatchObject({ colour: 'red' })
    expect(first!.box.xMin).toBeCloseTo(180 / width, 1)
    expect(first!.box.yMax).toBeCloseTo(720 / height, 1)
  })

  test('reads the HEIC files of iPhones', async () => {
    const scene = await analyzeImage(
      readFileSync(join(import.meta.dirname, '../../fixtures/four-shapes.heic')),
    )
    const labels = scene.things.map(({ label }) => label).toSorted()
    expect(labels).toEqual(['blue rectangle', 'green triangle', 'orange square', 'red circle'])
  })
})
