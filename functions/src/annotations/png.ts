import { promisify } from 'node:util'
import { constants, crc32, deflate } from 'node:zlib'
import type { Rgb } from './palette.ts'

/*
 * PNG files of numbers rather than of colours: sharp quantises a palette of its own choice, so it cannot store which object a pixel
 * belongs to, and the PNG encoders on npm take no given palette. https://www.w3.org/TR/png-3/, 2026-11
 */

/** Rows of packed pixels, each after the byte of its filter type (0, none): PNG specification 7.2 and 9. */
export type Scanlines = { width: number; height: number; bitDepth: 1 | 8; bytes: Buffer; rowBytes: number }

export function emptyScanlines(width: number, height: number, bitDepth: 1 | 8): Scanlines {
  const rowBytes = 1 + Math.ceil((width * bitDepth) / 8)
  return { width, height, bitDepth, bytes: Buffer.alloc(rowBytes * height), rowBytes }
}

const GREYSCALE = 0
const INDEXED = 3
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const deflateAsync = promisify(deflate)

/** Black and white. @param scanlines of bit depth 1 */
export async function encodeGreyscalePng(scanlines: Scanlines): Promise<Buffer> {
  return encode(scanlines, GREYSCALE, [])
}

/**
 * Indexed colour: pixel value 0 is transparent, value n has `colours[n - 1]` at `alpha`.
 * @param scanlines of bit depth 8
 */
export async function encodeIndexedPng(
  scanlines: Scanlines,
  colours: readonly Rgb[],
  alpha: number,
): Promise<Buffer> {
  const palette = Buffer.from([0, 0, 0, ...colours.flat()])
  const transparency = Buffer.alloc(colours.length + 1, alpha)
  transparency[0] = 0
  return encode(scanlines, INDEXED, [chunk('PLTE', palette), chunk('tRNS', transparency)])
}

async function encode(scanlines: Scanlines, colourType: number, chunks: Buffer[]): Promise<Buffer> {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(scanlines.width, 0)
  header.writeUInt32BE(scanlines.height, 4)
  header[8] = scanlines.bitDepth
  header[9] = colourType
  // Long runs of equal bytes: run-length matches alone compress them as well as a search would, in a fraction of the time.
  const data = await deflateAsync(scanlines.bytes, { level: 1, strategy: constants.Z_RLE })
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    ...chunks,
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** Length, type, data, checksum of type and data: PNG specification 5.3. */
function chunk(type: string, data: Buffer): Buffer {
  const bytes = Buffer.alloc(12 + data.length)
  bytes.writeUInt32BE(data.length, 0)
  bytes.write(type, 4, 'latin1')
  data.copy(bytes, 8)
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length)
  return bytes
}
