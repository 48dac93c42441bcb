import { type Box2d, isEmptyBox2d } from '../annotations/box.ts'
import type { DropReason } from '../annotations/drop-reasons.ts'
import { isPlainObject } from '../gemini/answer-json.ts'
import { coordinate } from './locate/coordinate.ts'
import { fieldsOf } from './locate/fields.ts'
import { readBox2d } from './locate/read-box.ts'

/** A place in one of several images; `image` is its index, from 0. */
export type Region<Box> = { image: number; box: Box }

const IMAGE_KEYS = ['image', 'image_number', 'imageNumber', 'image_index', 'imageIndex', 'picture']

/**
 * One region of an answer, or why it cannot be used. The model counts images from 1, as the request numbers them.
 * @returns `clipped` if a part of the box is outside the image
 */
export function readRegion(
  item: unknown,
  images: number,
): { image: number; box2d: Box2d; clipped: boolean } | DropReason {
  if (!isPlainObject(item)) return 'region-unreadable'
  const image = imageOf(item)
  if (image === undefined || !Number.isInteger(image) || image < 1 || image > images) return 'region-image'
  const box2d = fieldsOf(item)
    .boxes.map(readBox2d)
    .find((box) => box !== undefined)
  if (!box2d) return 'region-unreadable'
  if (isEmptyBox2d(box2d)) return 'region-outside'
  return { image: image - 1, box2d, clipped: box2d.some((value) => value < 0 || value > 1000) }
}

function imageOf(item: Record<string, unknown>): number | undefined {
  const key = IMAGE_KEYS.find((name) => name in item)
  const value = key === undefined ? undefined : item[key]
  // "Image 2" too, which is how the request names them.
  return coordinate(typeof value === 'string' ? value.replace(/^\s*(image|picture)\s*/i, '') : value)
}
