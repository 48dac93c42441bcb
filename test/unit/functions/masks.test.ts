import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { drawMask, drawOverlay } from '../../../functions/src/annotations/draw.ts'
import { decodeMaskPng } from '../../../functions/src/annotations/mask-png.ts'
import { type MaskRuns, runsFromMap, runsFromPolygon } from '../../../functions/src/annotations/mask-runs.ts'
import { assignColours, PALETTE } from '../../../functions/src/annotations/palette.ts'
import { maskIoU } from '../../support/scene.ts'

/** One byte a pixel of the box, from runs. */
function paint({ box, spans }: MaskRuns): Uint8Array {
  const pixels = new Uint8Array(box.width * box.height)
  for (let i = 0; i < spans.length; i += 3) {
    pixels.fill(1, spans[i]! * box.width + spans[i + 1]!, spans[i]! * box.width + spans[i + 2]!)
  }
  return pixels
}

/** A soft disc, as models draw them. */
function disc(width: number, height: number): Uint8Array {
  const values = new Uint8Array(width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const distance = Math.hypot((x + 0.5) / width - 0.5, (y + 0.5) / height - 0.5) * 2
      values[y * width + x] = Math.max(0, Math.min(255, Math.round(127.5 + (0.8 - distance) * 900)))
    }
  }
  return values
}

describe('runsFromMap()', () => {
  it.each([
    [256, 256, 300, 200],
    [256, 100, 63, 300],
    [40, 40, 40, 40],
    [7, 5, 211, 97],
  ])(
    'resizes a map of %i x %i to %i x %i bilinearly and cuts it at 127',
    (mapWidth, mapHeight, width, height) => {
      const values = disc(mapWidth, mapHeight)
      const runs = runsFromMap({ width: mapWidth, height: mapHeight, values }, { x: 0, y: 0, width, height })

      const expected = new Uint8Array(width * height)
      const at = (x: number, y: number) =>
        values[Math.min(Math.max(y, 0), mapHeight - 1) * mapWidth + Math.min(Math.max(x, 0), mapWidth - 1)]!
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const [sx, sy] = [((x + 0.5) * mapWidth) / width - 0.5, ((y + 0.5) * mapHeight) / height - 0.5]
          const [x0, y0] = [Math.floor(sx), Math.floor(sy)]
          const [fx, fy] = [sx - x0, sy - y0]
          const top = at(x0, y0) * (1 - fx) + at(x0 + 1, y0) * fx
          const bottom = at(x0, y0 + 1) * (1 - fx) + at(x0 + 1, y0 + 1) * fx
          expected[y * width + x] = top * (1 - fy) + bottom * fy > 127 ? 1 : 0
        }
      }
      expect(maskIoU(paint(runs), expected)).toBeGreaterThanOrEqual(0.998)
      expect(runs.areaPixels).toBe(paint(runs).reduce((sum, value) => sum + value, 0))
    },
  )

  it('leaves 127 out and takes 128 in', () => {
    const box = { x: 0, y: 0, width: 4, height: 4 }
    expect(runsFromMap({ width: 1, height: 1, values: Uint8Array.of(127) }, box).areaPixels).toBe(0)
    expect(runsFromMap({ width: 1, height: 1, values: Uint8Array.of(128) }, box).areaPixels).toBe(16)
  })
})

describe('runsFromMap() at the edges', () => {
  it('leaves a pixel on the threshold out, on both sides', () => {
    const map = { width: 4, height: 1, values: Uint8Array.of(0, 127, 255, 127) }
    expect([...runsFromMap(map, { x: 0, y: 0, width: 4, height: 1 }).spans]).toEqual([0, 2, 3])
  })

  it('shows of a frame that reaches beyond the image what is inside', () => {
    // The right half of the frame is the object, and the left half of the frame is outside the image.
    const map = { width: 2, height: 1, values: Uint8Array.of(0, 255) }
    const runs = runsFromMap(
      map,
      { x: 0, y: 0, width: 50, height: 10 },
      { x: -50, y: 0, width: 100, height: 10 },
    )
    expect([...runs.spans.subarray(0, 3)]).toEqual([0, 0, 50])
  })
})

describe('runsFromPolygon()', () => {
  it('fills by the even-odd rule at pixel centres', () => {
    // A square with a square hole, in one outline.
    const outer: [number, number][] = [
      [10, 10],
      [30, 10],
      [30, 30],
      [10, 30],
      [10, 10],
    ]
    const hole: [number, number][] = [
      [15, 15],
      [15, 25],
      [25, 25],
      [25, 15],
      [15, 15],
    ]
    const runs = runsFromPolygon([[...outer, ...hole]], { x: 10, y: 10, width: 20, height: 20 })
    expect(runs.areaPixels).toBe(20 * 20 - 10 * 10)
  })

  it('clips to the box', () => {
    const runs = runsFromPolygon(
      [
        [
          [-100, -100],
          [300, -100],
          [300, 300],
          [-100, 300],
        ],
      ],
      { x: 5, y: 6, width: 7, height: 8 },
    )
    expect(runs.areaPixels).toBe(56)
  })
})

describe('drawOverlay()', () => {
  const square = (x: number, y: number, side: number): MaskRuns =>
    runsFromPolygon(
      [
        [
          [x, y],
          [x + side, y],
          [x + side, y + side],
          [x, y + side],
        ],
      ],
      { x, y, width: side, height: side },
    )

  it("stores each object's number, smaller objects on top, and nothing elsewhere", async () => {
    const masks = [square(20, 20, 10), null, square(10, 10, 40)]
    const png = await drawOverlay(masks, assignColours(['a', 'b', 'c']), { width: 64, height: 61 })
    expect([...png.subarray(24, 26)]).toEqual([8, 3]) // 8 bits, indexed

    const { data, info } = await sharp(png).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
    expect([info.width, info.height]).toEqual([64, 61])
    const pixel = (x: number, y: number) => [...data.subarray((y * 64 + x) * 4, (y * 64 + x) * 4 + 4)]
    const [first, , third] = assignColours(['a', 'b', 'c'])
    expect(pixel(25, 25)).toEqual([...first!, 128])
    expect(pixel(12, 12)).toEqual([...third!, 128])
    expect(pixel(5, 5)[3]).toBe(0)
  })

  it('is wholly transparent without objects', async () => {
    const data = await sharp(await drawOverlay([], [], { width: 33, height: 17 }))
      .ensureAlpha()
      .raw()
      .toBuffer()
    expect(data.every((value) => value === 0)).toBe(true)
  })
})

describe('drawMask()', () => {
  it.each([1, 7, 8, 9, 31, 64])('is a 1-bit PNG of the size of a box %i pixels wide', async (width) => {
    const values = disc(32, 32)
    const runs = runsFromMap({ width: 32, height: 32, values }, { x: 3, y: 4, width, height: 21 })
    const png = await drawMask(runs)
    expect([...png.subarray(24, 26)]).toEqual([1, 0]) // 1 bit, greyscale
    const { data, info } = await sharp(png).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true })
    expect([info.width, info.height]).toEqual([width, 21])
    expect(Array.from(data, (value) => (value ? 1 : 0))).toEqual([...paint(runs)])
  })
})

describe('decodeMaskPng()', () => {
  it('gives the grey values of a PNG', async () => {
    const values = disc(20, 10)
    const png = await sharp(values, { raw: { width: 20, height: 10, channels: 1 } })
      .png()
      .toBuffer()
    expect(await decodeMaskPng(png)).toEqual({ width: 20, height: 10, values: Buffer.from(values) })
  })

  it.each([
    ['text', Buffer.from('not a picture')],
    ['nothing', Buffer.alloc(0)],
  ])('refuses %s', async (_, bytes) => {
    await expect(decodeMaskPng(bytes)).rejects.toMatchObject({ code: 'answer-unreadable' })
  })

  it('refuses a bomb and a cut PNG', async () => {
    const blank = sharp({ create: { width: 8000, height: 8000, channels: 3, background: 'black' } })
    const bomb = await blank.png().toBuffer()
    await expect(decodeMaskPng(bomb)).rejects.toMatchObject({ code: 'answer-unreadable' })
    const png = await sharp(disc(64, 64), { raw: { width: 64, height: 64, channels: 1 } })
      .png()
      .toBuffer()
    await expect(decodeMaskPng(png.subarray(0, png.length - 40))).rejects.toMatchObject({
      code: 'answer-unreadable',
    })
  })
})

describe('assignColours()', () => {
  it('gives equal labels the same colour and different labels different ones while colours last', () => {
    const labels = ['cat', 'dog', 'cat', 'bird', 'fish', 'tree', 'car', 'house']
    const colours = assignColours(labels)
    expect(colours[0]).toBe(colours[2])
    expect(new Set(colours).size).toBe(7)
    expect(PALETTE).toContain(colours[0])
  })

  it('keeps the colour of a label between pictures', () => {
    expect(assignColours(['red circle'])[0]).toBe(assignColours(['red circle', 'red circle'])[1])
  })
})
