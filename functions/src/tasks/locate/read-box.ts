import type { Box2d } from '../../annotations/box.ts'
import { isPlainObject } from '../../gemini/answer-json.ts'
import { coordinates } from './coordinate.ts'

/** `box_2d` is what we ask for; the others are what models make of it. */
const KEYS = ['box_2d', 'box2d', 'bbox_2d', 'bbox', 'box', 'bounding_box', 'boundingBox']
/** A key that lost its beginning: "x_2d" is seen in answers of gemini-2.5-flash. */
const CUT_KEY = /^\w{0,20}2d$/i
const SEPARATORS = /[\s,;[\]()]+/
const CORNERS = [
  ['ymin', 'xmin', 'ymax', 'xmax'],
  ['y_min', 'x_min', 'y_max', 'x_max'],
  ['yMin', 'xMin', 'yMax', 'xMax'],
  ['y1', 'x1', 'y2', 'x2'],
]

/** What an object of an answer has for a box, still to be read; undefined if it has none. */
export function boxOf(item: Record<string, unknown>): unknown {
  const key =
    KEYS.find((name) => item[name] !== undefined) ?? Object.keys(item).find((name) => CUT_KEY.test(name))
  return key === undefined ? undefined : item[key]
}

/**
 * A box, y first: a list of four numbers, two corners, text of four numbers, or named sides. Undefined for anything else. The corners stay
 * in the model's order.
 */
export function readBox2d(box: unknown): Box2d | undefined {
  const values = listOf(box)
  if (values?.length !== 4) return undefined
  return coordinates(values) as Box2d | undefined
}

function listOf(box: unknown): unknown[] | undefined {
  if (typeof box === 'string') {
    return box.length > 100 ? undefined : box.split(SEPARATORS).filter((part) => part !== '')
  }
  // One level of lists too many, or a list of two corners.
  if (Array.isArray(box)) return box.length <= 2 ? box.flat() : box
  if (!isPlainObject(box)) return undefined
  const names = CORNERS.find((corner) => corner.every((name) => name in box))
  return names?.map((name) => box[name])
}
