import { describe, expect, it } from 'vitest'
import type { Box2d } from '../../../../functions/src/document/box.ts'
import { readMask } from '../../../../functions/src/tasks/locate/read-mask.ts'
import { orient, readOutline } from '../../../../functions/src/tasks/locate/read-outline.ts'

/** A triangle, x first, and the box around it: wide and low, in the upper right. */
const TRIANGLE: [number, number][] = [
  [600, 100],
  [900, 100],
  [750, 200],
]
const BOX: Box2d = [100, 600, 200, 900]
const swapped = TRIANGLE.map(([x, y]) => [y, x])
const named = TRIANGLE.map(([x, y]) => ({ y, x }))

describe('readMask() of an outline', () => {
  it.each([
    ['[x, y] points', TRIANGLE],
    ['[y, x] points', swapped],
    ['x first in one flat list', TRIANGLE.flat()],
    ['y first in one flat list', swapped.flat()],
    ['named points', named],
    ['numbers in text', TRIANGLE.map((point) => point.join(',')).join(' ')],
    ['tuples in text', `[${TRIANGLE.map((point) => `(${point.join(', ')})`).join(', ')}]`],
    ['an object of its own', { polygon: TRIANGLE }],
    ['points within a list', [TRIANGLE]],
    ['y first within a list', [swapped]],
    ['numbers as text', TRIANGLE.map((point) => point.map(String))],
    ['JSON in a string', JSON.stringify(TRIANGLE)],
    ['named points in a string after the start token', `<start_of_mask>${JSON.stringify(named)}`],
  ])('reads %s', (_, mask) => {
    expect(readMask(mask, BOX)).toEqual({ mask: { form: 'polygon', rings: [TRIANGLE] } })
  })

  it('keeps several rings apart', () => {
    const hole = TRIANGLE.map(([x, y]) => [x - 10, y + 5])
    expect(readMask([TRIANGLE, hole], BOX)).toEqual({ mask: { form: 'polygon', rings: [TRIANGLE, hole] } })
  })

  it('takes x first if both orders fit the box', () => {
    const square: [number, number][] = [
      [0, 0],
      [10, 0],
      [10, 10],
    ]
    expect(orient(readOutline(square)!, [0, 0, 10, 10])).toEqual([square])
  })

  it('never swaps named coordinates', () => {
    expect(orient(readOutline(swapped.map(([y, x]) => ({ x: y, y: x })))!, BOX)).toBeUndefined()
  })

  it('refuses an outline outside its box', () => {
    expect(readMask(TRIANGLE, [700, 0, 800, 300])).toEqual({ mask: null, reason: 'mask-outside-box' })
  })

  it.each([
    ['two points', TRIANGLE.slice(1)],
    ['an odd number of numbers', [1, 2, 3, 4, 5, 6, 7]],
    ['a point of three', [[1, 2, 3], ...TRIANGLE]],
    ['a word', [['a', 'b'], ...TRIANGLE]],
    ['a ring that is a word', [TRIANGLE, 'x']],
    ['2001 points', Array.from({ length: 2001 }, () => [1, 2])],
    ['2001 points in two rings', [1, 2].map(() => Array.from({ length: 1001 }, () => [1, 2]))],
    ['nothing', []],
    ['text that is not JSON', '[1,2,3'],
    ['words', 'left of the cup'],
  ])('refuses %s', (_, mask) => {
    expect(readMask(mask, BOX)).toEqual({ mask: null, reason: 'mask-unreadable' })
  })
})
