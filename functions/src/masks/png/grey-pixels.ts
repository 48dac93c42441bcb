import { inflateSync } from 'node:zlib'
import { GREYSCALE } from './png-file.ts'
import { PngError, type PngParts } from './read-png.ts'

/** Whether `greyPixels()` can read it: greyscale of up to 8 bits, rows from top to bottom. */
export function isPlainGrey({ colourType, bitDepth, interlaced }: PngParts): boolean {
  return colourType === GREYSCALE && [1, 2, 4, 8].includes(bitDepth) && !interlaced
}

/**
 * One byte (0 to 255) per pixel, row by row. Allocates memory for the size in the header, whatever the data
 * hold.
 * @param png one for which `isPlainGrey()` is true
 * @throws PngError if the data are not one zlib stream of exactly that size, or a row has an unknown filter
 */
export function greyPixels({ width, height, bitDepth, data }: PngParts): Uint8Array {
  const rowBytes = Math.ceil((width * bitDepth) / 8)
  const size = (rowBytes + 1) * height
  const bytes = inflated(data, size)
  if (bytes.length !== size) throw new PngError(`its pixels are ${bytes.length} bytes instead of ${size}`)
  const rows = unfiltered(bytes, rowBytes, height)
  return bitDepth === 8 ? rows : unpacked(rows, width, height, bitDepth)
}

function inflated(data: Buffer, maxBytes: number): Buffer {
  // One byte more than the limit, so that zlib needs one chunk only. The minimum is 64.
  const options = { maxOutputLength: maxBytes, chunkSize: Math.max(maxBytes + 1, 64), info: true }
  let result: InflatedWithInfo
  try {
    // @types/node has no overload for `info`.
    // https://nodejs.org/docs/latest-v24.x/api/zlib.html#class-options, 2026-11
    result = inflateSync(data, options) as unknown as InflatedWithInfo
  } catch (cause) {
    throw new PngError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
  const read = result.engine.bytesWritten
  if (read !== data.length) throw new PngError(`its pixels end at byte ${read} of their ${data.length}`)
  return result.buffer
}

type InflatedWithInfo = { buffer: Buffer; engine: { bytesWritten: number } }

/** Reverses the filter of each row: PNG specification 9.2. Pixels of at most 8 bits use the byte before. */
function unfiltered(bytes: Buffer, rowBytes: number, height: number): Uint8Array {
  const pixels = new Uint8Array(rowBytes * height)
  // The row above the first one is zero: 9.2.
  let above = new Uint8Array(rowBytes)
  for (let y = 0; y < height; y++) {
    const at = y * (rowBytes + 1)
    const filtered = bytes.subarray(at + 1, at + 1 + rowBytes)
    const row = pixels.subarray(y * rowBytes, (y + 1) * rowBytes)
    undoFilter(bytes[at]!, filtered, above, row)
    above = row
  }
  return pixels
}

function undoFilter(type: number, filtered: Uint8Array, above: Uint8Array, row: Uint8Array): void {
  let left = 0
  switch (type) {
    case 0:
      row.set(filtered)
      break
    case 1:
      for (let x = 0; x < row.length; x++) row[x] = left = (filtered[x]! + left) & 255
      break
    case 2:
      for (let x = 0; x < row.length; x++) row[x] = filtered[x]! + above[x]!
      break
    case 3:
      for (let x = 0; x < row.length; x++) row[x] = left = (filtered[x]! + ((left + above[x]!) >> 1)) & 255
      break
    case 4:
      for (let x = 0, upperLeft = 0; x < row.length; x++) {
        const upper = above[x]!
        row[x] = left = (filtered[x]! + paeth(left, upper, upperLeft)) & 255
        upperLeft = upper
      }
      break
    default:
      throw new PngError(`its filter type ${type} is unknown`)
  }
}

/** 9.4: the neighbour nearest to left + upper - upperLeft; in this order if they are equally near. */
function paeth(left: number, upper: number, upperLeft: number): number {
  const toLeft = Math.abs(upper - upperLeft)
  const toUpper = Math.abs(left - upperLeft)
  const toUpperLeft = Math.abs(left + upper - 2 * upperLeft)
  if (toLeft <= toUpper && toLeft <= toUpperLeft) return left
  return toUpper <= toUpperLeft ? upper : upperLeft
}

/** Samples of less than 8 bits, the leftmost in the high bits (7.2), scaled to 0 to 255 (13.12). */
function unpacked(rows: Uint8Array, width: number, height: number, bitDepth: number): Uint8Array {
  const rowBytes = rows.length / height
  const largest = 2 ** bitDepth - 1
  const pixels = new Uint8Array(width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * bitDepth
      const sample = (rows[y * rowBytes + (bit >> 3)]! >> (8 - bitDepth - (bit & 7))) & largest
      pixels[y * width + x] = sample * (255 / largest)
    }
  }
  return pixels
}
