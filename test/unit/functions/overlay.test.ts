import { inflateSync } from 'node:zlib'
import { decode } from 'fast-png'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import type { Size } from '../../../functions/src/document/box.ts'
import { drawMask, drawOverlay } from '../../../functions/src/masks/draw.ts'
import type { MaskRuns } from '../../../functions/src/masks/mask-runs.ts'
import { assignColours, type Rgb } from '../../../functions/src/masks/palette.ts'
import { runsFromPolygon } from '../../../functions/src/masks/runs-from-polygon.ts'
import { packScanlines, paintMask, paintNumbers, randomFrom, randomMasks } from '../../support/masks.ts'
import { chunkData } from '../../support/png-chunks.ts'
import * as fc from '../../support/seeded-fast-check.ts'

const colours = (count: number) => Array.from({ length: count }, (_, i): Rgb => [i, 255 - i, (i * 7) % 256])

function square(x: number, y: number, side: number): MaskRuns {
  const corners = [
    [x, y],
    [x + side, y],
    [x + side, y + side],
    [x, y + side],
  ] as const
  return runsFromPolygon([corners], { x, y, width: side, height: side })
}

/** Short runs of all lengths, above the limit for writing runs one by one. */
function noise(width: number, height: number): MaskRuns {
  const random = randomFrom(8)
  const spans: number[] = []
  let areaPixels = 0
  for (let row = 0; row < height; row++) {
    for (let start = Math.floor(random() * 3); start < width; ) {
      const end = Math.min(start + 1 + Math.floor(random() ** 3 * 40), width)
      spans.push(row, start, end)
      areaPixels += end - start
      start = end + 1 + Math.floor(random() * 4)
    }
  }
  return { box: { x: 0, y: 0, width, height }, spans: Int32Array.from(spans), areaPixels }
}

/** Size, bit depth and colour type: PNG specification 11.2.1. */
const headerOf = (png: Buffer) => [png.readUInt32BE(16), png.readUInt32BE(20), png[24], png[25]]

/** Whether zlib inflates the file to exactly the rows of these pixels. */
function holdsScanlines(png: Buffer, pixels: Uint8Array, size: Size): boolean {
  return inflateSync(chunkData(png, 'IDAT')).equals(packScanlines(pixels, size, png[24]!))
}

/** One byte per pixel, read by fast-png, which uses fflate and keeps palette indices. */
function indicesByFastPng(png: Buffer): Uint8Array {
  const { width, height, depth, data } = decode(png, { checkCrc: true })
  const rowBytes = Math.ceil((width * depth) / 8)
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const bit = (i % width) * depth
    const byte = data[Math.floor(i / width) * rowBytes + (bit >> 3)]!
    return (byte >> (8 - depth - (bit & 7))) & (2 ** depth - 1)
  })
}

describe('drawOverlay()', () => {
  it.each([
    [0, 1],
    [1, 1],
    [2, 2],
    [3, 2],
    [4, 4],
    [15, 4],
    [16, 8],
    [50, 8],
    [255, 8],
  ])('writes %i objects with %i bits per pixel, equal to painted pixels', async (count, bitDepth) => {
    const random = randomFrom(count + 1)
    for (const [width, height] of [
      [1, 1],
      [7, 5],
      [64, 61],
      [257, 40],
      [777, 333],
    ] as const) {
      const image = { width, height }
      const masks = randomMasks(count, image, random)
      const png = await drawOverlay(masks, colours(count), image)
      expect(headerOf(png)).toEqual([width, height, bitDepth, 3])
      expect(holdsScanlines(png, paintNumbers(masks, image), image)).toBe(true)
    }
  })

  it('writes any masks equal to painted pixels', async () => {
    const scene = fc.record({
      count: fc.integer({ min: 0, max: 40 }),
      width: fc.integer({ min: 1, max: 600 }),
      height: fc.integer({ min: 1, max: 60 }),
      seed: fc.integer(),
    })
    await fc.assert(
      fc.asyncProperty(scene, async ({ count, seed, ...image }) => {
        const masks = randomMasks(count, image, randomFrom(seed))
        const png = await drawOverlay(masks, colours(count), image)
        expect(holdsScanlines(png, paintNumbers(masks, image), image)).toBe(true)
      }),
      { seed: 42 },
    )
  })

  it('has the same numbers, colours and alpha in libpng and fast-png', async () => {
    const image = { width: 203, height: 97 }
    for (const count of [0, 1, 3, 15, 16, 255]) {
      const masks = randomMasks(count, image, randomFrom(99 + count))
      const numbers = paintNumbers(masks, image)
      const png = await drawOverlay(masks, colours(count), image)

      expect(indicesByFastPng(png)).toEqual(numbers)
      const palette = [[0, 0, 0, 0], ...colours(count).map((colour) => [...colour, 128])]
      expect(decode(png).palette).toEqual(palette)

      const { data, info } = await sharp(png).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
      expect([info.width, info.height]).toEqual([image.width, image.height])
      expect(data.equals(Buffer.from(Array.from(numbers, (number) => palette[number]!).flat()))).toBe(true)
    }
  })

  it("stores each object's number, smaller objects on top, and 0 elsewhere", async () => {
    const image = { width: 64, height: 61 }
    const masks = [square(20, 20, 10), null, square(10, 10, 40)]
    const numbers = indicesByFastPng(await drawOverlay(masks, assignColours(['a', 'b', 'c']), image))
    const at = (x: number, y: number) => numbers[y * 64 + x]
    expect([at(25, 25), at(12, 12), at(29, 29), at(30, 30), at(9, 10), at(50, 10)]).toEqual([
      1, 3, 1, 3, 0, 0,
    ])
  })

  it('paints objects of equal area in their order', async () => {
    const masks = [square(0, 0, 4), square(2, 2, 4)]
    const numbers = indicesByFastPng(await drawOverlay(masks, colours(2), { width: 8, height: 8 }))
    expect(numbers[3 * 8 + 3]).toBe(2)
  })

  it('has the same pixels if there are too many runs to write one by one', async () => {
    const image = { width: 1001, height: 2400 }
    const few = [square(100, 100, 50), ...randomMasks(2, image, randomFrom(1))]
    const noisy = [...few, noise(1000, 2400)]
    expect(noisy.reduce((sum, { spans }) => sum + spans.length / 3, 0)).toBeGreaterThan(150_000)
    const png = await drawOverlay(noisy, colours(4), image)
    expect(Buffer.from(indicesByFastPng(png)).equals(paintNumbers(noisy, image))).toBe(true)
    expect(decode(png).palette).toEqual([[0, 0, 0, 0], ...colours(4).map((colour) => [...colour, 128])])
  })

  it('refuses more than 255 objects, and masks without a colour', async () => {
    const image = { width: 9, height: 9 }
    await expect(drawOverlay([], colours(256), image)).rejects.toThrow(RangeError)
    await expect(drawOverlay([null, null], colours(1), image)).rejects.toThrow(RangeError)
  })
})

describe('drawMask()', () => {
  it.each([1, 7, 8, 9, 31, 64, 259, 2065])(
    'is a 1-bit PNG of the size of a box %i pixels wide',
    async (width) => {
      const [runs] = randomMasks(1, { width, height: 21 }, randomFrom(width))
      const box = { x: 3, y: 4, width, height: 21 }
      const mask = { ...runs!, box }
      const png = await drawMask(mask)
      expect(headerOf(png)).toEqual([width, 21, 1, 0])
      expect(holdsScanlines(png, paintMask(mask), box)).toBe(true)
      expect(indicesByFastPng(png)).toEqual(paintMask(mask))
      const { data } = await sharp(png).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true })
      expect(Array.from(data, (value) => value / 255)).toEqual([...paintMask(mask)])
    },
  )

  it('is the same for a mask with too many runs to write one by one', async () => {
    const mask = noise(999, 2400)
    expect(mask.spans.length / 3).toBeGreaterThan(150_000)
    const png = await drawMask(mask)
    expect(headerOf(png)).toEqual([999, 2400, 1, 0])
    expect(holdsScanlines(png, paintMask(mask), mask.box)).toBe(true)
  })
})
