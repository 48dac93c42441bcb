import { describe, expect, it } from 'vitest'
import { objectAt } from '../../../web/src/viewer/hit-test.ts'
import type { IndexMap } from '../../../web/src/viewer/index-map.ts'
import { type Mark, marksOfObjects } from '../../../web/src/viewer/marks.ts'
import {
  CLEAR,
  colourise,
  gridOf,
  type Paint,
  sample,
  sampleMask,
} from '../../../web/src/viewer/paint-masks.ts'
import { WHOLE, zoomAt } from '../../../web/src/viewer/zoom.ts'

/** Object 1 covers the left half, object 2 lies on it in the columns 2 and 3. */
const MAP: IndexMap = {
  width: 8,
  height: 2,
  bitDepth: 8,
  rowBytes: 8,
  data: Uint8Array.from([1, 1, 2, 2, 0, 0, 0, 0, 1, 1, 2, 2, 0, 0, 0, 0]),
}
const BOXES = [
  { label: 'table', box: { x: 0, y: 0, width: 6, height: 2 } },
  { label: 'cup', box: { x: 2, y: 0, width: 2, height: 2 } },
  { label: 'lamp', box: { x: 3, y: 0, width: 4, height: 2 } },
]
const MARKS: Mark[] = marksOfObjects(BOXES)

describe('objectAt()', () => {
  const all = () => true
  it.each([
    ['the object on top', 2, 1],
    ['the object that is visible there', 1, 0],
    ['without a mask there, the object with the smallest box', 5, 2],
    ['nothing', 7, null],
  ])('finds %s', (_, x, index) => {
    expect(objectAt({ x, y: 0 }, MARKS, MAP, all)).toBe(index)
  })

  it('finds an object without a mask by its box', () => {
    const lampHasNone = (index: number) => index !== 2
    expect(objectAt({ x: 4, y: 1 }, MARKS, MAP, lampHasNone)).toBe(2)
    expect(objectAt({ x: 3, y: 1 }, MARKS, undefined, all)).toBe(1)
  })

  it('finds no hidden object', () => {
    expect(objectAt({ x: 2, y: 0 }, MARKS.slice(0, 1), MAP, all)).toBe(0)
  })
})

describe('the painted masks', () => {
  const canvas = { width: 8, height: 2 }

  it('follow the zoom', () => {
    const right = zoomAt(WHOLE, 2, { x: 1, y: 0 })
    expect([...sample(gridOf(canvas, WHOLE, MAP), MAP).subarray(0, 8)]).toEqual([1, 1, 2, 2, 0, 0, 0, 0])
    const left = zoomAt(WHOLE, 2, { x: 0, y: 0 })
    expect([...sample(gridOf(canvas, left, MAP), MAP).subarray(0, 8)]).toEqual([1, 1, 1, 1, 2, 2, 2, 2])
    expect([...sample(gridOf(canvas, right, MAP), MAP)]).toEqual(Array.from({ length: 16 }, () => 0))
  })

  it('of one object are those of its mask within its box', () => {
    const mask = { width: 3, height: 2, bitDepth: 8, rowBytes: 3, data: Uint8Array.from([1, 0, 1, 1, 1, 1]) }
    const box = { x: 2, y: 0, width: 3, height: 2 }
    const grid = gridOf(canvas, WHOLE, MAP)
    expect([...sampleMask(grid, box, mask)]).toEqual([0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0])
    expect([...sampleMask(grid, box, undefined).subarray(0, 8)]).toEqual([0, 0, 1, 1, 1, 0, 0, 0])
  })

  it('have the colour of their object, and a line at their edge', () => {
    const [fill, line]: Paint[] = [
      [10, 20, 30, 0.4],
      [10, 20, 30, 1],
    ]
    const data = new Uint8ClampedArray(5 * 4)
    colourise(data, 5, Uint8Array.from([0, 1, 1, 1, 0]), [
      undefined,
      { fill: fill!, line: line!, thickness: 1 },
    ])
    const edge = '10,20,30,255'
    const pixels = [0, 4, 8, 12, 16].map((at) => data.subarray(at, at + 4).join())
    expect(pixels).toEqual(['0,0,0,0', edge, '10,20,30,102', edge, '0,0,0,0'])
    colourise(data, 5, Uint8Array.from([0, 1, 1, 1, 0]), [
      undefined,
      { fill: CLEAR, line: line!, thickness: 0 },
    ])
    expect(data.every((value) => value === 0)).toBe(true)
  })
})

it('24 labels have 24 colours', () => {
  const marks = marksOfObjects(Array.from({ length: 24 }, (_, i) => ({ ...BOXES[0]!, label: `label ${i}` })))
  expect(new Set(marks.map(({ colour }) => colour.fill)).size).toBe(24)
})
