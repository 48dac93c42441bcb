import { describe, expect, it } from 'vitest'
import { MAX_PHOTO_RUNS, MAX_PHOTO_STEPS, MaskBudget } from '../../../functions/src/masks/mask-budget.ts'
import { paintScanlines } from '../../../functions/src/masks/png/painted-scanlines.ts'
import { annotateObjects } from '../../../functions/src/pipeline/annotate-objects.ts'
import type { LocatedObject } from '../../../functions/src/tasks/locate/read-location.ts'
import { packScanlines, softDisc } from '../../support/masks.ts'
import { rawPng } from '../../support/png-chunks.ts'

type Mask = LocatedObject['mask']

const located = (masks: Mask[]) => ({
  objects: masks.map(
    (mask, index): LocatedObject => ({
      label: `thing ${index}`,
      box2d: [0, 0, 1000, 1000],
      mask,
    }),
  ),
  dropped: {},
  state: 'read' as const,
})

const times = (count: number, mask: Mask) => Array.from({ length: count }, () => mask)
const outline: Mask = {
  form: 'polygon',
  rings: [
    [
      [0, 0],
      [1000, 0],
      [1000, 1000],
      [0, 1000],
    ],
  ],
}

/** A 1-bit greyscale mask. */
function drawn(width: number, height: number, isWhite: (x: number, y: number) => boolean): Mask {
  const pixels = Uint8Array.from({ length: width * height }, (_, i) =>
    isWhite(i % width, Math.floor(i / width)) ? 1 : 0,
  )
  return {
    form: 'png',
    png: rawPng({ width, height, bitDepth: 1 }, packScanlines(pixels, { width, height }, 1)),
  }
}

/** How often the event loop ran during the work. */
async function loopsDuring(work: () => Promise<unknown>): Promise<number> {
  let loops = 0
  let next: NodeJS.Immediate
  const count = () => {
    loops++
    next = setImmediate(count)
  }
  next = setImmediate(count)
  await work()
  clearImmediate(next)
  return loops
}

describe('annotateObjects() with a budget for the masks of a photo', () => {
  it.each([
    ['outlines', outline],
    ['maps', drawn(8, 8, () => true)],
  ])('draws %s while runs are left, and keeps all objects', async (_, mask) => {
    const { objects, dropped } = await annotateObjects(
      located([...times(4, mask), null]),
      { width: 90, height: 40 },
      new MaskBudget({ runs: 100 }),
    )
    expect(objects.map((object) => object.mask?.runs.areaPixels ?? object.maskReason)).toEqual([
      3600,
      3600,
      'mask-too-complex',
      'mask-too-complex',
      undefined,
    ])
    expect(dropped).toEqual({ 'mask-too-complex': 2 })
  })

  it('counts the pixels of maps and the columns examined in each row', async () => {
    const image = { width: 64, height: 500 }
    const [whole, halves] = [drawn(64, 2, () => true), drawn(64, 2, (_, y) => y === 0)]
    // 128 pixels each. In the halves, 63 columns in the 375 rows above the middle of the lower map row.
    const steps = 128 + 128 + 63 * 375
    for (const [left, expected] of [
      [steps, [null, null]],
      [steps - 1, [null, 'mask-too-complex']],
    ] as const) {
      const { objects } = await annotateObjects(
        located([whole, halves]),
        image,
        new MaskBudget({ steps: left }),
      )
      expect(objects.map(({ maskReason }) => maskReason ?? null)).toEqual(expected)
    }
  })

  it('does not decode masks after the budget is spent', async () => {
    const damaged: Mask = { form: 'png', png: Buffer.from('no picture') }
    const { dropped } = await annotateObjects(
      located([outline, damaged]),
      { width: 9, height: 9 },
      new MaskBudget({ runs: 8 }),
    )
    expect(dropped).toEqual({ 'mask-too-complex': 2 })
  })

  it('refuses a hundred masks of 72 bytes that would take seconds', async () => {
    const rows = drawn(2048, 2, (_, y) => y === 0)
    const { objects, dropped } = await annotateObjects(located(times(100, rows)), {
      width: 1000,
      height: 50_000,
    })
    expect([objects.length, dropped]).toEqual([100, { 'mask-too-complex': 100 }])
  })

  it('is sufficient for many times twenty masks of 256 x 256 in 48 megapixels', async () => {
    const size = { width: 256, height: 256 }
    const scanlines = Buffer.alloc(257 * 256)
    softDisc(size).forEach((value, i) => {
      scanlines[Math.floor(i / 256) * 257 + 1 + (i % 256)] = value
    })
    const masks = times(20, { form: 'png', png: rawPng(size, scanlines) })
    const { dropped } = await annotateObjects(
      located(masks),
      { width: 8000, height: 6000 },
      new MaskBudget({ runs: MAX_PHOTO_RUNS / 8, steps: MAX_PHOTO_STEPS / 20 }),
    )
    expect(dropped).toEqual({})
  })

  it('reports a mask with too many runs as too complex, not as unreadable', async () => {
    const stripes = drawn(2048, 1, (x) => x % 2 === 0)
    const { dropped } = await annotateObjects(located([stripes]), { width: 6000, height: 300 })
    expect(dropped).toEqual({ 'mask-too-complex': 1 })
  })
})

describe('the event loop', () => {
  it('runs between slow masks', async () => {
    const slow = drawn(200, 2, (_, y) => y === 0)
    const image = { width: 1000, height: 3000 }
    expect(await loopsDuring(() => annotateObjects(located(times(200, slow)), image))).toBeGreaterThan(1)
  })

  it('runs between painted layers', async () => {
    const image = { width: 20_000, height: 1000 }
    const { objects } = await annotateObjects(located(times(255, outline)), image)
    const layers = objects.map(({ mask }, index) => ({ mask: mask!.runs, number: index + 1 }))
    expect(await loopsDuring(async () => paintScanlines(layers, image, 8))).toBeGreaterThan(1)
  })
})
