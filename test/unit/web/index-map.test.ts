import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { drawMask, drawOverlay } from '../../../functions/src/masks/draw.ts'
import { assignColours } from '../../../functions/src/masks/palette.ts'
import { type IndexMap, readIndexMap, sharesOf, valueAt } from '../../../web/src/viewer/index-map.ts'

const IMAGE = { width: 37, height: 21 }

/** A filled rectangle as the runs of a mask. */
function rectangle(x: number, y: number, width: number, height: number) {
  const spans = Int32Array.from({ length: height }, (_, row) => row).reduce<number[]>(
    (all, row) => [...all, row, 0, width],
    [],
  )
  return { box: { x, y, width, height }, spans: Int32Array.from(spans), areaPixels: width * height }
}

function valuesOf(map: IndexMap): number[] {
  const { width, height } = map
  return Array.from({ length: width * height }, (_, i) => valueAt(map, i % width, Math.floor(i / width)))
}

async function overlayOf(objects: number): Promise<Buffer> {
  const masks = Array.from({ length: objects }, (_, i) => rectangle((i * 5) % 30, (i * 3) % 18, 4, 3))
  const colours = assignColours(masks.map((_, index) => `label ${index}`))
  return drawOverlay(masks, colours, IMAGE)
}

describe('readIndexMap()', () => {
  it.each([
    [1, 1],
    [3, 2],
    [15, 4],
    [40, 8],
  ])('reads the numbers of %i objects from %i bits per pixel', async (objects, bitDepth) => {
    const map = await readIndexMap(new Uint8Array(await overlayOf(objects)))
    expect(map).toMatchObject({ ...IMAGE, bitDepth })
    const last = objects - 1
    expect(valueAt(map, (last * 5) % 30, (last * 3) % 18)).toBe(objects)
    expect(valueAt(map, 36, 20)).toBe(0)
    expect(valueAt(map, -1, 0)).toBe(0)
    expect(valueAt(map, 37, 0)).toBe(0)
  })

  it('reads a mask of the functions, which is 1 inside the object', async () => {
    const map = await readIndexMap(new Uint8Array(await drawMask(rectangle(5, 6, 9, 2))))
    expect(map).toMatchObject({ width: 9, height: 2, bitDepth: 1 })
    expect(valuesOf(map)).toEqual(Array.from({ length: 18 }, () => 1))
  })

  it('removes the filters of other encoders', async () => {
    const grey = Buffer.from(Array.from({ length: 64 * 48 }, (_, i) => (i * 7 + ((i * i) >> 5)) & 255))
    const raw = { width: 64, height: 48, channels: 1 } as const
    const png = await sharp(grey, { raw }).toColourspace('b-w').png({ adaptiveFiltering: true }).toBuffer()
    expect(valuesOf(await readIndexMap(new Uint8Array(png)))).toEqual([...grey])
  })

  it.each([
    [
      'a JPEG',
      async () =>
        sharp({ create: { ...IMAGE, channels: 3, background: 'red' } })
          .jpeg()
          .toBuffer(),
    ],
    [
      'a PNG of colours',
      async () =>
        sharp({ create: { ...IMAGE, channels: 3, background: 'red' } })
          .png()
          .toBuffer(),
    ],
    ['an incomplete file', async () => (await overlayOf(3)).subarray(0, -20)],
  ])('refuses %s', async (_, make) => {
    await expect(readIndexMap(new Uint8Array(await make()))).rejects.toThrow('Cannot read the masks')
  })

  it('refuses more pixels than the header says', async () => {
    const png = new Uint8Array(await overlayOf(3))
    png[23]! -= 1 // The last byte of the height.
    await expect(readIndexMap(png)).rejects.toThrow('more pixels')
  })
})

it('sharesOf() measures the part of the photo that each value covers', async () => {
  const masks = [rectangle(0, 0, 20, 20), rectangle(20, 0, 4, 20)]
  const size = { width: 40, height: 20 }
  const map = await readIndexMap(new Uint8Array(await drawOverlay(masks, assignColours(['a', 'b']), size)))
  expect([...sharesOf(map, 1).subarray(0, 3)]).toEqual([0.4, 0.5, 0.1])
})
