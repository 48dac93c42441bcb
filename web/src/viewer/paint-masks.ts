import { type IndexMap, valueAt } from './index-map.ts'
import type { Box } from './marks.ts'
import type { View } from './zoom.ts'

type Size = { width: number; height: number }

/** Red, green and blue of 0 to 255, and alpha of 0 to 1. */
export type Paint = readonly [red: number, green: number, blue: number, alpha: number]
/** How the pixels with a value are painted, and those within `thickness` pixels of another value. */
export type Style = { fill: Paint; line: Paint; thickness: number }

export const CLEAR: Paint = [0, 0, 0, 0]

/** The pixel of the photo for each column and each row of the canvas. */
export type Grid = { columns: Int32Array; rows: Int32Array }

export function gridOf(canvas: Size, view: View, photo: Size): Grid {
  const line = (length: number, offset: number, pixels: number) =>
    Int32Array.from({ length }, (_, index) => {
      const at = Math.floor((((index + 0.5) / length - offset) / view.scale) * pixels)
      return Math.min(Math.max(at, 0), pixels - 1)
    })
  return {
    columns: line(canvas.width, view.x, photo.width),
    rows: line(canvas.height, view.y, photo.height),
  }
}

/** The value at each pixel of the canvas. */
export function sample({ columns, rows }: Grid, map: IndexMap): Uint8Array {
  const { bitDepth, rowBytes, data } = map
  const values = new Uint8Array(columns.length * rows.length)
  const mask = (1 << bitDepth) - 1
  let at = 0
  for (const y of rows) {
    const start = y * rowBytes
    for (let i = 0; i < columns.length; i++) {
      const bit = columns[i]! * bitDepth
      values[at++] = (data[start + (bit >> 3)]! >> (8 - bitDepth - (bit & 7))) & mask
    }
  }
  return values
}

/** 1 where the photo's pixel is inside the mask, which has the size of the box; without a mask, inside the box. */
export function sampleMask({ columns, rows }: Grid, box: Box, mask: IndexMap | undefined): Uint8Array {
  const values = new Uint8Array(columns.length * rows.length)
  let at = 0
  for (const y of rows) {
    for (const x of columns) {
      const [left, top] = [x - box.x, y - box.y]
      const isInBox = left >= 0 && top >= 0 && left < box.width && top < box.height
      values[at++] = isInBox && (!mask || valueAt(mask, left, top) > 0) ? 1 : 0
    }
  }
  return values
}

/**
 * Colours the values, with a line along the inner edge of each area.
 * @param target red, green, blue and alpha of each pixel
 */
export function colourise(
  target: Uint8ClampedArray<ArrayBuffer>,
  width: number,
  values: Uint8Array,
  styles: readonly (Style | undefined)[],
): void {
  const pixels = new Uint32Array(target.buffer, target.byteOffset, values.length)
  const fills = Uint32Array.from({ length: 256 }, (_, value) => packed(styles[value]?.fill ?? CLEAR))
  const lines = Uint32Array.from({ length: 256 }, (_, value) => packed(styles[value]?.line ?? CLEAR))
  const reach = Uint8Array.from({ length: 256 }, (_, value) => styles[value]?.thickness ?? 0)
  const height = values.length / width
  let at = 0
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const value = values[at]!
      const near = reach[value]!
      const isEdge =
        near > 0 &&
        ((x >= near && values[at - near] !== value) ||
          (x + near < width && values[at + near] !== value) ||
          (y >= near && values[at - near * width] !== value) ||
          (y + near < height && values[at + near * width] !== value))
      pixels[at] = isEdge ? lines[value]! : fills[value]!
    }
  }
}

/** The bytes of ImageData as a number: all browsers run on little-endian machines. */
function packed([red, green, blue, alpha]: Paint): number {
  return ((Math.round(alpha * 255) << 24) | (blue << 16) | (green << 8) | red) >>> 0
}
