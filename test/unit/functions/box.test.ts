import { describe, expect, it } from 'vitest'
import { type Box2d, isEmptyBox2d, overlap, toPixelBox } from '../../../functions/src/document/box.ts'

const IMAGE = { width: 1200, height: 800 }

describe('toPixelBox()', () => {
  it('reads box_2d as y first', () => {
    expect(toPixelBox([100, 250, 500, 750], IMAGE)).toEqual({ x: 300, y: 80, width: 600, height: 320 })
  })

  it('swaps corners in the wrong order', () => {
    expect(toPixelBox([500, 750, 100, 250], IMAGE)).toEqual(toPixelBox([100, 250, 500, 750], IMAGE))
  })

  it('clips to the image', () => {
    expect(toPixelBox([-50, -50, 1050, 2000], IMAGE)).toEqual({ x: 0, y: 0, width: 1200, height: 800 })
  })

  it('widens a box that rounding makes empty to one pixel within the image', () => {
    expect(toPixelBox([999.9, 999.9, 1000, 1000], { width: 20, height: 20 })).toEqual({
      x: 19,
      y: 19,
      width: 1,
      height: 1,
    })
    expect(toPixelBox([0, 0, 1, 1], { width: 20, height: 20 })).toEqual({ x: 0, y: 0, width: 1, height: 1 })
  })

  it("has the corners of Google's sample, int(v / 1000 * side), in 100,000 random cases", () => {
    let seed = 1
    const random = (below: number) => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
      return seed % below
    }
    const wrong: unknown[] = []
    for (let i = 0; i < 100_000; i++) {
      const [y1, x1] = [random(1000), random(1000)]
      const box2d: Box2d = [y1, x1, y1 + 1 + random(1000 - y1), x1 + 1 + random(1000 - x1)]
      const image = { width: 16 + random(12_000), height: 16 + random(12_000) }
      const side = (min: number, max: number, length: number) => {
        const start = Math.min(Math.floor((min / 1000) * length), length - 1)
        return [start, Math.max(Math.floor((max / 1000) * length) - start, 1)] as const
      }
      const [x, width] = side(box2d[1], box2d[3], image.width)
      const [y, height] = side(box2d[0], box2d[2], image.height)
      const box = toPixelBox(box2d, image)
      const within = box.x + box.width <= image.width && box.y + box.height <= image.height
      const same = box.x === x && box.y === y && box.width === width && box.height === height
      if (!same || !within) wrong.push({ box2d, image, box })
    }
    expect(wrong).toEqual([])
  })
})

describe('overlap()', () => {
  it.each([
    [[0, 0, 10, 10], [0, 0, 10, 10], 1],
    [[0, 0, 10, 10], [10, 10, 0, 0], 1],
    [[0, 0, 10, 10], [0, 5, 10, 15], 1 / 3],
    [[0, 0, 10, 10], [10, 0, 20, 10], 0],
    [[0, 0, 10, 10], [5, 5, 5, 5], 0],
  ] satisfies [Box2d, Box2d, number][])('of %j and %j is %d', (a, b, common) => {
    expect(overlap(a, b)).toBeCloseTo(common, 12)
    expect(overlap(b, a)).toBeCloseTo(common, 12)
  })
})

describe('isEmptyBox2d()', () => {
  it.each([
    [[10, 10, 10, 20], true],
    [[10, 10, 20, 10], true],
    [[1000, 0, 1200, 500], true],
    [[-300, 0, -10, 500], true],
    [[10, 10, 11, 11], false],
    [[20, 20, 10, 10], false],
  ] satisfies [Box2d, boolean][])('%j is %s', (box2d, empty) => {
    expect(isEmptyBox2d(box2d)).toBe(empty)
  })
})
