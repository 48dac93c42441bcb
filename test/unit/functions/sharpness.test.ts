import sharp, { type Sharp } from 'sharp'
import { describe, expect, it } from 'vitest'
import { laplacianVariance } from '../../../functions/src/image/sharpness.ts'

describe('laplacianVariance()', () => {
  it('falls with blur', async () => {
    const measure = async (image: Sharp) => {
      const { data, info } = await image.removeAlpha().raw().toBuffer({ resolveWithObject: true })
      return laplacianVariance(data, info.width, info.height, info.channels)
    }
    const noise = sharp({
      create: {
        width: 200,
        height: 200,
        channels: 3,
        background: 'black',
        noise: { type: 'gaussian', mean: 128, sigma: 40 },
      },
    })
    const picture = await noise.png().toBuffer()
    expect(await measure(sharp(picture).blur(3))).toBeLessThan((await measure(sharp(picture))) / 20)
  })

  it('is 0 for one colour, and 1020 squared for a checkerboard', () => {
    expect(laplacianVariance(new Uint8Array(100).fill(90), 10, 10, 1)).toBe(0)
    const board = Uint8Array.from({ length: 100 }, (_, i) => ((i + Math.floor(i / 10)) % 2 ? 255 : 0))
    expect(laplacianVariance(board, 10, 10, 1)).toBe(1020 ** 2)
  })

  it.each([
    ['narrow', 3, 3, 3],
    ['of rows longer than 1024', 2500, 9, 3],
    ['of exactly 1026', 1026, 5, 4],
    ['grey', 700, 40, 1],
  ])('is the definition to the last digit, for noise that is %s', (_, width, height, channels) => {
    const pixels = new Uint8Array(width * height * channels)
    for (let i = 0, state = 7; i < pixels.length; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      pixels[i] = state >>> 24
    }
    expect(laplacianVariance(pixels, width, height, channels)).toBe(
      byDefinition(pixels, width, height, channels),
    )
  })
})

function byDefinition(pixels: Uint8Array, width: number, height: number, channels: number): number {
  const luma = (x: number, y: number) => {
    const at = (y * width + x) * channels
    if (channels === 1) return pixels[at]!
    return (77 * pixels[at]! + 150 * pixels[at + 1]! + 29 * pixels[at + 2]!) >> 8
  }
  const values: number[] = []
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      values.push(4 * luma(x, y) - luma(x - 1, y) - luma(x + 1, y) - luma(x, y - 1) - luma(x, y + 1))
    }
  }
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + value * value, 0) / values.length
  return Math.round((squares - mean * mean) * 10) / 10
}
