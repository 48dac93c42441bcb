/*
 * Reads the PNG files of the functions. An overlay is an indexed PNG whose pixel value is the number of the
 * object (index + 1, or 0). A mask is a 1-bit greyscale PNG. Browsers decode both to colours only, so this
 * module reads the values. PNG specification, third edition: https://www.w3.org/TR/png-3/, 2026-11
 */

/** The values of the pixels, packed as in the file. */
export type IndexMap = {
  width: number
  height: number
  /** 1, 2, 4 or 8 bits for each pixel. The leftmost pixel of a byte is in the high bits. */
  bitDepth: number
  rowBytes: number
  data: Uint8Array
}

/** The largest photo of the functions has fewer pixels. */
const MAX_PIXELS = 400_000_000
const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const GREYSCALE = 0
const INDEXED = 3

/** @throws Error if the bytes are not a complete, non-interlaced PNG with one value of at most 8 bits per pixel */
export async function readIndexMap(png: Uint8Array<ArrayBuffer>): Promise<IndexMap> {
  const { width, height, bitDepth, compressed } = readChunks(png)
  const rowBytes = Math.ceil((width * bitDepth) / 8)
  const scanlines = await inflate(compressed, (rowBytes + 1) * height)
  return { width, height, bitDepth, rowBytes, data: unfilter(scanlines, rowBytes, height) }
}

/** The value of a pixel; 0 outside the map. */
export function valueAt({ width, height, bitDepth, rowBytes, data }: IndexMap, x: number, y: number): number {
  if (x < 0 || y < 0 || x >= width || y >= height) return 0
  const bit = x * bitDepth
  const byte = data[y * rowBytes + (bit >> 3)]!
  return (byte >> (8 - bitDepth - (bit & 7))) & ((1 << bitDepth) - 1)
}

/** The share of the photo that each value covers, 0 to 1, from every `step`th pixel of every `step`th row. */
export function sharesOf(map: IndexMap, step = 4): Float64Array {
  const counts = new Float64Array(256)
  let total = 0
  for (let y = 0; y < map.height; y += step) {
    for (let x = 0; x < map.width; x += step) {
      counts[valueAt(map, x, y)]!++
      total++
    }
  }
  return counts.map((count) => count / total)
}

function readChunks(png: Uint8Array<ArrayBuffer>) {
  if (SIGNATURE.some((byte, index) => png[index] !== byte)) throw unreadable('it has no PNG signature')
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength)
  const compressed: Uint8Array<ArrayBuffer>[] = []
  let header: { width: number; height: number; bitDepth: number } | undefined
  // Length, type, data, checksum of each chunk: 5.3.
  for (let at = 8; at + 12 <= png.length; ) {
    const length = view.getUint32(at)
    const type = String.fromCharCode(...png.subarray(at + 4, at + 8))
    const data = png.subarray(at + 8, at + 8 + length)
    if (type === 'IHDR') header = readHeader(view, at + 8)
    else if (type === 'IDAT') compressed.push(data)
    else if (type === 'IEND') {
      if (!header) break
      return { ...header, compressed }
    }
    at += 12 + length
  }
  throw unreadable('it is incomplete')
}

/** 11.2.1 */
function readHeader(view: DataView, at: number) {
  const [width, height] = [view.getUint32(at), view.getUint32(at + 4)]
  const [bitDepth, colourType, interlace] = [8, 9, 12].map((offset) => view.getUint8(at + offset))
  if (width === 0 || height === 0 || width * height > MAX_PIXELS)
    throw unreadable(`it is ${width} x ${height}`)
  if ((colourType !== INDEXED && colourType !== GREYSCALE) || bitDepth! > 8 || interlace !== 0)
    throw unreadable(`it has colour type ${colourType}, bit depth ${bitDepth} and interlace ${interlace}`)
  return { width, height, bitDepth: bitDepth! }
}

async function inflate(chunks: Uint8Array<ArrayBuffer>[], length: number): Promise<Uint8Array> {
  const scanlines = new Uint8Array(length)
  const stream = new Blob(chunks).stream().pipeThrough(new DecompressionStream('deflate'))
  const reader = stream.getReader()
  let at = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    if (at + value.length > length) {
      await reader.cancel()
      throw unreadable('it has more pixels than its header says')
    }
    scanlines.set(value, at)
    at += value.length
  }
  if (at < length) throw unreadable('it has fewer pixels than its header says')
  return scanlines
}

/** Removes the filters of the rows: 9.2. With at most 8 bits per pixel, the "left" byte is the previous one. */
function unfilter(scanlines: Uint8Array, rowBytes: number, height: number): Uint8Array {
  const data = new Uint8Array(rowBytes * height)
  for (let y = 0; y < height; y++) {
    const from = y * (rowBytes + 1)
    const filter = scanlines[from]!
    const row = scanlines.subarray(from + 1, from + 1 + rowBytes)
    const to = y * rowBytes
    if (filter === 0) {
      data.set(row, to)
      continue
    }
    const predict = PREDICTORS[filter]
    if (!predict) throw unreadable(`row ${y} has filter ${filter}`)
    for (let i = 0; i < rowBytes; i++) {
      const left = i > 0 ? data[to + i - 1]! : 0
      const up = y > 0 ? data[to - rowBytes + i]! : 0
      const upLeft = i > 0 && y > 0 ? data[to - rowBytes + i - 1]! : 0
      data[to + i] = row[i]! + predict(left, up, upLeft)
    }
  }
  return data
}

const PREDICTORS: Record<number, (left: number, up: number, upLeft: number) => number> = {
  1: (left) => left,
  2: (_, up) => up,
  3: (left, up) => (left + up) >> 1,
  4: paeth,
}

/** 9.4 */
function paeth(left: number, up: number, upLeft: number): number {
  const estimate = left + up - upLeft
  const [a, b, c] = [Math.abs(estimate - left), Math.abs(estimate - up), Math.abs(estimate - upLeft)]
  if (a <= b && a <= c) return left
  return b <= c ? up : upLeft
}

function unreadable(reason: string): Error {
  return new Error(
    `Cannot read the masks: the PNG must have one value of at most 8 bits per pixel, but ${reason}`,
  )
}
