import { describe, expect, it } from 'vitest'
import { MAX_RUNS } from '../../../functions/src/masks/mask-runs.ts'
import { runsFromPolygon } from '../../../functions/src/masks/runs-from-polygon.ts'
import { paintMask, randomFrom } from '../../support/masks.ts'

type Ring = [x: number, y: number][]

const rectangle = (x: number, y: number, width: number, height: number): Ring => [
  [x, y],
  [x + width, y],
  [x + width, y + height],
  [x, y + height],
]

/** The number of edges to the left of a point. */
function isInside(rings: Ring[], x: number, y: number): boolean {
  let crossings = 0
  for (const ring of rings) {
    ring.forEach(([x1, y1], i) => {
      const [x2, y2] = ring[(i + 1) % ring.length]!
      if (y1 > y !== y2 > y && x1 + ((y - y1) * (x2 - x1)) / (y2 - y1) <= x) crossings++
    })
  }
  return crossings % 2 === 1
}

describe('runsFromPolygon()', () => {
  it('excludes holes in either direction of their ring', () => {
    const hole = rectangle(15, 15, 10, 10)
    for (const rings of [
      [rectangle(10, 10, 20, 20), hole],
      [hole.toReversed(), rectangle(10, 10, 20, 20)],
    ]) {
      const runs = runsFromPolygon(rings, { x: 10, y: 10, width: 20, height: 20 })
      expect(runs.areaPixels).toBe(20 * 20 - 10 * 10)
      expect([...runs.spans.subarray(15, 21)]).toEqual([5, 0, 5, 5, 15, 20])
    }
  })

  it('does not join separate rings', () => {
    const runs = runsFromPolygon([rectangle(0, 0, 3, 2), rectangle(6, 0, 4, 2)], {
      x: 0,
      y: 0,
      width: 10,
      height: 2,
    })
    expect([...runs.spans]).toEqual([0, 0, 3, 0, 6, 10, 1, 0, 3, 1, 6, 10])
  })

  it('covers the pixels whose centres are inside by the even-odd rule', () => {
    const random = randomFrom(3)
    for (let round = 0; round < 60; round++) {
      const rings = Array.from({ length: 1 + (round % 3) }, () =>
        Array.from({ length: 3 + (round % 11) }, (): Ring[number] => [
          random() * 90 - 20,
          random() * 90 - 20,
        ]),
      )
      const box = { x: 3, y: 2, width: 47, height: 41 }
      const expected = Uint8Array.from({ length: 47 * 41 }, (_, i) =>
        isInside(rings, box.x + (i % 47) + 0.5, box.y + Math.floor(i / 47) + 0.5) ? 1 : 0,
      )
      expect(paintMask(runsFromPolygon(rings, box))).toEqual(expected)
    }
  })

  it('clips to the box', () => {
    const runs = runsFromPolygon([rectangle(-100, -100, 400, 400)], { x: 5, y: 6, width: 7, height: 8 })
    expect(runs.areaPixels).toBe(56)
  })

  it('is empty without rings and for rings without area', () => {
    const box = { x: 0, y: 0, width: 5, height: 5 }
    expect(runsFromPolygon([], box).areaPixels).toBe(0)
    expect(runsFromPolygon([[], [[1, 1]]], box).areaPixels).toBe(0)
  })

  it('is empty for an outline that returns along the same line', () => {
    const [width, height] = [777, 333]
    const random = randomFrom(12)
    const diagonal: Ring = [
      [0, 0],
      [width, height],
      [0, 0],
    ]
    const others = Array.from({ length: 200 }, (): Ring => {
      const [from, to] = [0, 1].map((): Ring[number] => [random() * width, random() * height])
      return [from!, to!]
    })
    for (const ring of [diagonal, ...others]) {
      expect(runsFromPolygon([ring], { x: 0, y: 0, width, height }).areaPixels).toBe(0)
    }
  })

  it('assigns each pixel at a shared edge to one of the two outlines', () => {
    const random = randomFrom(21)
    const [side, image] = [99, 300]
    const whole = { x: 0, y: 0, width: image, height: image }
    for (let round = 0; round < 300; round++) {
      const [x, y] = [Math.floor(random() * 200), Math.floor(random() * 200)]
      // Two triangles with a diagonal that often crosses pixel centres, where rounding decides.
      const [across, down] = [[7, 3] as const, [5, 3] as const, [9, 7] as const, [1, 3] as const][round % 4]!
      const [from, to]: Ring = [
        [x, y],
        [x + across * 11, y + down * 11],
      ]
      const first: Ring = round % 8 < 4 ? [from!, [x + side, y], to!] : [to!, [x + side, y], from!]
      const second: Ring = [to!, [x, y + side], from!]
      const box = { x, y, width: side, height: side }
      const sum = new Uint8Array(image * image)
      for (const [ring, around] of [
        [first, whole],
        [second, box],
      ] as const) {
        const { spans } = runsFromPolygon([ring], around)
        for (let i = 0; i < spans.length; i += 3) {
          const row = (around.y + spans[i]!) * image + around.x
          for (let at = spans[i + 1]!; at < spans[i + 2]!; at++) sum[row + at]!++
        }
      }
      const both = paintMask(runsFromPolygon([[from!, [x + side, y], to!, [x, y + side]]], whole))
      expect(Buffer.from(sum).equals(both)).toBe(true)
    }
  })

  it('refuses a zigzag outline before it computes the crossings', () => {
    const zigzag = Array.from({ length: 2000 }, (_, i): Ring[number] => [i, i % 2 ? 12_000 : 0])
    const box = { x: 0, y: 0, width: 4000, height: 12_000 }
    expect(() => runsFromPolygon([zigzag], box)).toThrow(
      expect.objectContaining({ code: 'answer-unreadable' }),
    )
    // A zigzag on a single line has crossings but no runs.
    const line = zigzag.map(([, y]): Ring[number] => [9, y])
    expect(() => runsFromPolygon([line], box)).toThrow(expect.objectContaining({ code: 'answer-unreadable' }))
    const rows = Math.floor((2 * MAX_RUNS) / 2000)
    expect(runsFromPolygon([zigzag], { ...box, height: rows }).areaPixels).toBeGreaterThan(0)
  })
})
