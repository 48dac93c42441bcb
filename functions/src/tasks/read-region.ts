import { isPlainObject } from '../answers/answer-json.ts'
import { type Box2d, isEmptyBox2d } from '../document/box.ts'
import type { DropReason } from '../document/drop-reasons.ts'
import { fieldsOf } from './locate/fields.ts'
import { coordinate, readBox2d } from './locate/read-box.ts'

/** An area of one of several images. `image` is the index of the image, from 0. */
export type Region<Box> = { image: number; box: Box }

const IMAGE_KEYS = ['image', 'image_number', 'imageNumber', 'image_index', 'imageIndex', 'picture']

/** The number of the first image in an answer: 1, as in the request, unless the answer has an image 0. */
export function firstImage(regions: readonly unknown[]): 0 | 1 {
  return regions.some((region) => isPlainObject(region) && imageOf(region) === 0) ? 0 : 1
}

/**
 * One region of an answer, or the reason why it cannot be used.
 * @param first the number of the first image
 * @returns `clipped`: a part of the box is outside the image
 */
export function readRegion(
  item: unknown,
  images: number,
  first: 0 | 1,
): { image: number; box2d: Box2d; clipped: boolean } | DropReason {
  if (!isPlainObject(item)) return 'region-unreadable'
  const image = imageOf(item)
  const index = image === undefined ? Number.NaN : image - first
  if (!Number.isInteger(index) || index < 0 || index >= images) return 'region-image'
  const box2d = fieldsOf(item)
    .boxes.map(readBox2d)
    .find((box) => box !== undefined)
  if (!box2d) return 'region-unreadable'
  if (isEmptyBox2d(box2d)) return 'region-outside'
  return { image: index, box2d, clipped: box2d.some((value) => value < 0 || value > 1000) }
}

function imageOf(item: Record<string, unknown>): number | undefined {
  const key = IMAGE_KEYS.find((name) => name in item)
  const value = key === undefined ? undefined : item[key]
  // Also "Image 2", as in the request.
  return coordinate(typeof value === 'string' ? value.replace(/^\s*(image|picture)\s*/i, '') : value)
}
