import { expect, test } from 'vitest'
import { readMask } from '../../../functions/src/tasks/locate/read-mask.ts'

const BOX = [250, 250, 750, 750] as const
const SQUARE = [
  [250, 250],
  [750, 250],
  [750, 750],
  [250, 750],
]

test.each([
  ['run lengths', { counts: 'Wkl1', size: [480, 640] }],
  ['a tree', { a: [{ b: [[{ c: 1 }]] }] }],
  ['a number under another name', { area: 0 }],
])('readMask() reports %s as unreadable, not as a missing mask', (_, mask) => {
  expect(readMask(mask, BOX)).toEqual({ mask: null, reason: 'mask-unreadable' })
})

test.each([[{}], [{ mask: null }], [{ png: '' }]])(
  'readMask() finds no mask in %j, and reports no loss',
  (mask) => {
    expect(readMask(mask, BOX)).toEqual({ mask: null })
  },
)

test('readMask() reads a mask in an object', () => {
  expect(readMask({ polygon: SQUARE }, BOX)).toEqual({ mask: { form: 'polygon', rings: [SQUARE] } })
})
