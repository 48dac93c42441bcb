import { isPlainObject } from '../../answers/answer-json.ts'
import type { Box2d } from '../../document/box.ts'
import { coordinates } from './coordinate.ts'
import { fieldsOf } from './fields.ts'

const SEPARATORS = /[\s,;[\]()]+/
const CORNERS = [
  ['ymin', 'xmin', 'ymax', 'xmax'],
  ['y_min', 'x_min', 'y_max', 'x_max'],
  ['yMin', 'xMin', 'yMax', 'xMax'],
  ['y1', 'x1', 'y2', 'x2'],
]
/** Of a picture: less is a box of 0 to 1000, with nothing in it to see. */
const LEAST_SHARE = 0.005

/**
 * A box, y first: a list of four numbers, two corners, text of four numbers, or named sides. Undefined for anything else. The corners stay
 * in the model's order. Fractions of the picture, as other models count, become thousandths.
 */
export function readBox2d(box: unknown): Box2d | undefined {
  const values = listOf(box)
  if (values?.length !== 4) return undefined
  const box2d = coordinates(values) as Box2d | undefined
  return box2d && isInShares(box2d) ? (box2d.map((share) => share * 1000) as unknown as Box2d) : box2d
}

function isInShares([y1, x1, y2, x2]: Box2d): boolean {
  const numbers = [y1, x1, y2, x2]
  if (numbers.every(Number.isInteger) || numbers.some((number) => number < 0 || number > 1)) return false
  return Math.abs(y2 - y1) >= LEAST_SHARE && Math.abs(x2 - x1) >= LEAST_SHARE
}

function listOf(box: unknown): unknown[] | undefined {
  if (typeof box === 'string') {
    return box.length > 100 ? undefined : box.split(SEPARATORS).filter((part) => part !== '')
  }
  // One level of lists too many, or a list of two corners.
  if (Array.isArray(box)) return box.length <= 2 ? box.flat() : box
  if (!isPlainObject(box)) return undefined
  const names = CORNERS.find((corner) => corner.every((name) => name in box))
  if (names) return names.map((name) => box[name])
  const [inner] = fieldsOf(box).boxes
  return Array.isArray(inner) ? inner : undefined
}
