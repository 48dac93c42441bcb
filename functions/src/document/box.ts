/** Gemini's box: [yMin, xMin, yMax, xMax] in 0 to 1000 of the image's height and width, y first. */
export type Box2d = readonly [number, number, number, number]

/** A box in integer pixels of the upright image, origin top left. */
export type Box = { x: number; y: number; width: number; height: number }

export type Size = { width: number; height: number }

/**
 * Converts a model's box to pixels. Corners as in Google's sample, `int(v / 1000 * side)`. Corners in the
 * wrong order are swapped, the part outside the image is clipped, and a box that rounding makes empty is
 * widened to one pixel.
 * https://ai.google.dev/gemini-api/docs/image-understanding, 2026-11
 * @param box2d not empty (`isEmptyBox2d`)
 */
export function toPixelBox(box2d: Box2d, image: Size): Box {
  const [yMin, xMin, yMax, xMax] = ordered(box2d)
  const [x, width] = toPixels(xMin, xMax, image.width)
  const [y, height] = toPixels(yMin, yMax, image.height)
  return { x, y, width, height }
}

/** A model's box in pixels, including the part outside the image: PNG masks fill the whole box. */
export function toFrame(box2d: Box2d, image: Size): Box {
  // Limited to one image size around the image. Boxes that reach further are nonsense.
  const [yMin, xMin, yMax, xMax] = clamped(box2d, -1000, 2000)
  const [x, y] = [Math.trunc((xMin / 1000) * image.width), Math.trunc((yMin / 1000) * image.height)]
  return {
    x,
    y,
    width: Math.max(Math.trunc((xMax / 1000) * image.width) - x, 1),
    height: Math.max(Math.trunc((yMax / 1000) * image.height) - y, 1),
  }
}

/** Whether the box has no area within the image. */
export function isEmptyBox2d(box2d: Box2d): boolean {
  const [yMin, xMin, yMax, xMax] = clamped(box2d, 0, 1000)
  return yMax <= yMin || xMax <= xMin
}

/** Intersection over union (IoU) of two boxes, 0 to 1. */
export function overlap(a: Box2d, b: Box2d): number {
  const height = common(a[0], a[2], b[0], b[2])
  const width = common(a[1], a[3], b[1], b[3])
  if (height <= 0 || width <= 0) return 0
  return (height * width) / (area(a) + area(b) - height * width)
}

/** The length of the intersection of two intervals; negative if they do not intersect. */
function common(start1: number, end1: number, start2: number, end2: number): number {
  const start = Math.max(Math.min(start1, end1), Math.min(start2, end2))
  return Math.min(Math.max(start1, end1), Math.max(start2, end2)) - start
}

function area(box2d: Box2d): number {
  return Math.abs(box2d[2] - box2d[0]) * Math.abs(box2d[3] - box2d[1])
}

/** Corners in the wrong order are swapped. */
export function ordered([y1, x1, y2, x2]: Box2d): Box2d {
  return [Math.min(y1, y2), Math.min(x1, x2), Math.max(y1, y2), Math.max(x1, x2)]
}

function clamped(box2d: Box2d, min: number, max: number): Box2d {
  return ordered(box2d).map((value) => Math.min(Math.max(value, min), max)) as unknown as Box2d
}

function toPixels(min: number, max: number, side: number): [start: number, length: number] {
  const clip = (value: number) => Math.min(Math.max(Math.trunc((value / 1000) * side), 0), side)
  const start = Math.min(clip(min), side - 1)
  return [start, Math.max(clip(max) - start, 1)]
}
