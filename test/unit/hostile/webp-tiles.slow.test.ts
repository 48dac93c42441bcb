import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { inspectImage } from '../../../functions/src/image/source-image.ts'
import { countWebpTiles } from '../../../functions/src/image/webp-tiles.ts'
import { flatWebp, riffChunk, tiledAlphaWebp, tiledWebp } from '../../hostile/pictures/flat-webp.ts'
import { randomFrom } from '../../support/masks.ts'

const LIMITS = { maxImageBytes: 20 * 1024 * 1024, maxImagePixels: 50_000_000, heic: 'off' as const }
const corrupt = expect.objectContaining({ code: 'corrupt-image' }) as Error

/** Smooth and noisy parts, the same every time, so that encoders use several groups of prefix codes. */
async function photo(width: number, height: number): Promise<Buffer> {
  const random = randomFrom(7)
  const pixels = Uint8Array.from({ length: width * height * 3 }, (_, at) => {
    const [x, y] = [Math.floor(at / 3) % width, Math.floor(at / 3 / width)]
    const noise = Math.floor(x / 128) % 2 === Math.floor(y / 128) % 2 ? random() * 60 : 0
    return ((x >> 3) % 128) + noise
  })
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 1 })
    .toBuffer()
}

describe('countWebpTiles()', () => {
  // libwebp 1.6 chooses the smallest tiles, of a power of two, of which there are fewer than 2600.
  // For 1531 x 977 pixels at the highest effort these are 32 x 32 pixels.
  it.each([
    ['of high effort', { lossless: true, effort: 2 }, 48 * 31],
    ['of low effort', { lossless: true, effort: 0 }, 12 * 8],
    ['near lossless', { nearLossless: true, quality: 40, effort: 1 }, 24 * 16],
  ] as const)('counts those of a lossless photo %s', async (_, options, tiles) => {
    expect(
      countWebpTiles(
        await sharp(await photo(1531, 977))
          .webp(options)
          .toBuffer(),
      ),
    ).toBe(tiles)
  })

  it('counts fewer than the limit of libwebp in all kinds of images', async () => {
    const source = await photo(600, 450)
    for (const colours of [2, 4, 16, 200]) {
      const few = await sharp(source).png({ palette: true, colours }).toBuffer()
      const tiles = countWebpTiles(await sharp(few).webp({ lossless: true, effort: 2 }).toBuffer())
      expect(tiles).toBeGreaterThan(0)
      expect(tiles).toBeLessThan(2600)
    }
    expect(countWebpTiles(await sharp(source).webp().toBuffer())).toBe(0)
    const alpha = await sharp(source).ensureAlpha(0.5).webp().toBuffer()
    expect(alpha.includes('ALPH')).toBe(true)
    expect(countWebpTiles(alpha)).toBe(1)
  })

  it('counts the tiles of bombs: in colours, in alpha, and in the first frame of an animation', async () => {
    const lossy = await sharp({ create: { width: 1024, height: 1024, channels: 3, background: 'teal' } })
      .webp()
      .toBuffer()
    const frame = Buffer.concat([Buffer.alloc(16), tiledWebp().subarray(12)])
    const moving = riffChunk('RIFF', Buffer.concat([Buffer.from('WEBP'), riffChunk('ANMF', frame)]))
    for (const bomb of [tiledWebp(), tiledAlphaWebp(lossy), moving]) {
      expect(countWebpTiles(bomb)).toBe(65_536)
      await expect(inspectImage(bomb, LIMITS)).rejects.toThrowError(corrupt)
    }
  })

  it('returns for truncated and damaged files', async () => {
    const webp = await sharp(await photo(64, 64))
      .webp({ lossless: true })
      .toBuffer()
    for (let end = 0; end < webp.length; end += 7)
      expect(countWebpTiles(webp.subarray(0, end))).toBeLessThan(10)
    for (let at = 0; at < webp.length; at += 3) {
      const damaged = Buffer.from(webp)
      damaged[at]! ^= 0x5a
      expect(countWebpTiles(damaged)).toBeGreaterThanOrEqual(0)
    }
    expect(countWebpTiles(flatWebp(16_383, 16_383))).toBe(1)
  })
})
