import { isPlainObject } from '../../answers/answer-json.ts'
import type { Box2d } from '../../document/box.ts'
import { fieldsOf } from './fields.ts'

const NUMBER_TEXT = /^\s*-?\d{1,15}(?:\.\d{1,15})?\s*$/
const SEPARATORS = /[\s,;[\]()]+/
const CORNERS = [
  ['ymin', 'xmin', 'ymax', 'xmax'],
  ['y_min', 'x_min', 'y_max', 'x_max'],
  ['yMin', 'xMin', 'yMax', 'xMax'],
  ['y1', 'x1', 'y2', 'x2'],
]
/** Fractions of the picture. A smaller side means that the box is in 0 to 1000, and has almost no area. */
const MIN_SIDE_FRACTION = 0.005

/**
 * A coordinate of an answer, given as a number or as text. Undefined for anything else: null, "" and true are
 * not numbers. Clamped to -10,000 to 10,000, so that products of coordinates do not overflow.
 */
export function coordinate(value: unknown): number | undefined {
  const number = typeof value === 'string' && NUMBER_TEXT.test(value) ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number)) return undefined
  // Adding 0 turns -0 into 0.
  return Math.min(Math.max(number, -10_000), 10_000) + 0
}

/** All values as coordinates, or undefined if one of them is not a coordinate. */
export function coordinates(values: readonly unknown[]): number[] | undefined {
  const numbers: number[] = []
  for (const value of values) {
    const number = coordinate(value)
    if (number === undefined) return undefined
    numbers.push(number)
  }
  return numbers
}

/**
 * A box, y first, from a list of four numbers, two corners, text with four numbers, or named sides; undefined
 * for anything else. Corners keep the model's order. Fractions of the picture (0 to 1) become 0 to 1000.
 */
export function readBox2d(box: unknown): Box2d | undefined {
  const values = listOf(box)
  if (values?.length !== 4) return undefined
  const box2d = coordinates(values) as Box2d | undefined
  return box2d && isInFractions(box2d) ? (box2d.map((side) => side * 1000) as unknown as Box2d) : box2d
}

function isInFractions([y1, x1, y2, x2]: Box2d): boolean {
  const numbers = [y1, x1, y2, x2]
  if (numbers.every(Number.isInteger) || numbers.some((number) => number < 0 || number > 1)) return false
  return Math.abs(y2 - y1) >= MIN_SIDE_FRACTION && Math.abs(x2 - x1) >= MIN_SIDE_FRACTION
}

function listOf(box: unknown): unknown[] | undefined {
  if (typeof box === 'string') {
    return box.length > 100 ? undefined : box.split(SEPARATORS).filter((part) => part !== '')
  }
  // A list in a list, or a list of two corners.
  if (Array.isArray(box)) return box.length <= 2 ? box.flat() : box
  if (!isPlainObject(box)) return undefined
  const names = CORNERS.find((corner) => corner.every((name) => name in box))
  if (names) return names.map((name) => box[name])
  const [inner] = fieldsOf(box).boxes
  return Array.isArray(inner) ? inner : undefined
}
