import { crc32 } from 'node:zlib'
import type { Size } from '../../document/box.ts'
import { PNG_SIGNATURE } from '../../image/sniff.ts'

/* https://www.w3.org/TR/png-3/, 2026-11 */

export type BitDepth = 1 | 2 | 4 | 8

/** PNG specification 11.2.1. */
export const GREYSCALE = 0
export const INDEXED = 3

export type Chunk = { type: string; data: Buffer }

/** A complete file. @param chunks between the header and the end, in the order of the specification (5.6) */
export function pngFile(
  size: Size,
  bitDepth: BitDepth,
  colourType: typeof GREYSCALE | typeof INDEXED,
  chunks: readonly Chunk[],
): Buffer {
  // 11.2.1: compression, filter method and interlace method stay 0.
  const header = Buffer.alloc(13)
  header.writeUInt32BE(size.width, 0)
  header.writeUInt32BE(size.height, 4)
  header[8] = bitDepth
  header[9] = colourType
  return fileOf([{ type: 'IHDR', data: header }, ...chunks])
}

/** The signature, the chunks and IEND. */
export function fileOf(chunks: readonly Chunk[]): Buffer {
  const all = [...chunks, { type: 'IEND', data: Buffer.alloc(0) }]
  return Buffer.concat([PNG_SIGNATURE, ...all.flatMap(framed)])
}

/** Length, type, data, checksum of type and data: 5.3. */
function framed({ type, data }: Chunk): Buffer[] {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(data.length, 0)
  head.write(type, 4, 'latin1')
  const check = Buffer.alloc(4)
  check.writeUInt32BE(crc32(data, crc32(head.subarray(4))))
  return [head, data, check]
}
