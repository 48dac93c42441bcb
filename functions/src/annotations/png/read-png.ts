import { crc32 } from 'node:zlib'
import type { Size } from '../box.ts'
import { SIGNATURE } from './png-file.ts'

/** The header (PNG specification 11.2.1) and the compressed pixels. */
export type PngParts = Size & { bitDepth: number; colourType: number; interlaced: boolean; data: Buffer }

/**
 * Takes a PNG apart without decompressing anything. Strict, since nothing of it is worth guessing: every chunk must be whole and
 * pass its checksum, from IHDR to IEND.
 * @throws Error saying what is wrong
 */
export function readPng(png: Buffer): PngParts {
  if (!png.subarray(0, 8).equals(SIGNATURE)) throw new Error('it does not begin as a PNG does')
  let header: Buffer | undefined
  const data: Buffer[] = []
  for (let at = 8; ; ) {
    // Length, type, data, checksum of type and data: 5.3.
    if (at + 12 > png.length) throw new Error('it ends before its IEND chunk')
    const length = png.readUInt32BE(at)
    if (length > png.length - at - 12) throw new Error(`its chunk at byte ${at} is cut`)
    const type = png.toString('latin1', at + 4, at + 8)
    const end = at + 8 + length
    if (crc32(png.subarray(at + 4, end)) !== png.readUInt32BE(end)) {
      throw new Error(`its chunk at byte ${at} does not match its checksum`)
    }
    const content = png.subarray(at + 8, end)
    if ((type === 'IHDR') !== (header === undefined))
      throw new Error('IHDR is not its first chunk, or not only that')
    if (type === 'IHDR') header = content
    if (type === 'IDAT') data.push(content)
    if (type === 'IEND') break
    at = end + 4
  }
  if (header?.length !== 13) throw new Error('its header is not 13 bytes')
  const [bitDepth, colourType, compression, filter, interlace] = header.subarray(8)
  if (compression !== 0 || filter !== 0 || interlace! > 1) throw new Error('its header names unknown methods')
  return {
    width: header.readUInt32BE(0),
    height: header.readUInt32BE(4),
    bitDepth: bitDepth!,
    colourType: colourType!,
    interlaced: interlace === 1,
    data: data.length === 1 ? data[0]! : Buffer.concat(data),
  }
}
