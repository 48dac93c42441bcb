import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { readJpegScans } from '../../../functions/src/image/jpeg-scans.ts'
import { inspectImage } from '../../../functions/src/image/source-image.ts'
import { flatJpeg } from '../../hostile/pictures/flat-jpeg.ts'
import { flatPng } from '../../hostile/pictures/flat-png.ts'

const LIMITS = { maxImageBytes: 20 * 1024 * 1024, maxImagePixels: 50_000_000, heic: 'off' as const }
const noise = { type: 'gaussian', mean: 128, sigma: 50 } as const
const photo = () =>
  sharp({ create: { width: 320, height: 240, channels: 3, background: 'black', noise } }).withExif({
    IFD0: { ImageDescription: '\u00ff\u00da\u00ff\u00da' },
  })
const refusal = (code: string) => expect.objectContaining({ code }) as Error

describe('readJpegScans()', () => {
  it('finds one scan and no coefficients in a baseline photo', async () => {
    expect(readJpegScans(await photo().jpeg().toBuffer())).toEqual({ scans: 1, coefficientBytes: 0 })
  })

  it('counts the scans of a progressive photo, and ignores marker bytes in metadata', async () => {
    const full = await photo().jpeg({ progressive: true, chromaSubsampling: '4:4:4' }).toBuffer()
    expect(readJpegScans(full)).toEqual({ scans: 10, coefficientBytes: 3 * 40 * 30 * 128 })
    const half = await photo().jpeg({ progressive: true, chromaSubsampling: '4:2:0' }).toBuffer()
    expect(readJpegScans(half)).toEqual({ scans: 10, coefficientBytes: 1.5 * 40 * 30 * 128 })
    expect(readJpegScans(Buffer.concat([full, full])).scans).toBe(10)
  })

  it.each([0, 1, 3, 300])('returns for %i bytes that are not a JPEG', (length) => {
    for (const fill of [0xff, 0xda, 0]) {
      expect(readJpegScans(Buffer.alloc(length, fill)).coefficientBytes).toBe(0)
    }
  })

  it('reads a truncated JPEG', async () => {
    const jpeg = flatJpeg({ width: 64, height: 64, progressive: true, scans: 3 })
    const counts = Array.from({ length: jpeg.length }, (_, end) => readJpegScans(jpeg.subarray(0, end)).scans)
    expect(counts).toEqual(counts.toSorted((a, b) => a - b))
    expect(counts.at(-1)).toBe(4)
  })
})

describe('inspectImage()', () => {
  it('accepts a JPEG of 100 scans and rejects more', async () => {
    const jpeg = (scans: number) => flatJpeg({ width: 64, height: 64, progressive: true, scans: scans - 1 })
    expect(await inspectImage(jpeg(100), LIMITS)).toMatchObject({ width: 64 })
    await expect(inspectImage(jpeg(101), LIMITS)).rejects.toThrowError(refusal('corrupt-image'))
  })

  it('rejects images that take a decoder more than 4.5 bytes a pixel', async () => {
    const large = { width: 7000, height: 7142 }
    for (const bytes of [
      flatJpeg({ ...large, progressive: true }),
      flatPng({ ...large, interlaced: true, colourType: 2, bitDepth: 16 }),
    ]) {
      await expect(inspectImage(bytes, LIMITS)).rejects.toThrowError(refusal('too-many-pixels'))
    }
    for (const bytes of [
      flatJpeg(large),
      flatPng({ ...large, interlaced: true, colourType: 6 }),
      flatPng({ ...large, colourType: 6, bitDepth: 16 }),
    ]) {
      expect(await inspectImage(bytes, LIMITS)).toMatchObject(large)
    }
  })

  it('has a minimum of decoder memory for a small MAX_IMAGE_PIXELS, and raises it with larger values', async () => {
    const limits = (maxImagePixels: number) => ({ ...LIMITS, maxImagePixels })
    const jpeg = (side: number) => flatJpeg({ width: side, height: side, progressive: true })
    expect(await inspectImage(jpeg(1000), limits(1_000_000))).toMatchObject({ width: 1000 })
    expect(await inspectImage(jpeg(8000), limits(100_000_000))).toMatchObject({ width: 8000 })
    await expect(inspectImage(jpeg(9000), limits(100_000_000))).rejects.toThrowError(
      refusal('too-many-pixels'),
    )
  })
})
