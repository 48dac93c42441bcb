import { crc32 } from 'node:zlib'
import type { Size } from '../../document/box.ts'
import { PNG_SIGNATURE } from '../../image/sniff.ts'
import { type Chunk, fileOf } from './png-file.ts'

/** The header (PNG specification 11.2.1), the palette if there is one, and the compressed pixels. */
export type PngParts = Size & {
  bitDepth: number
  colourType: number
  interlaced: boolean
  header: Buffer
  palettes: Buffer[]
  data: Buffer
}

/** The bytes are not a valid PNG. */
export class PngError extends Error {}

/**
 * The parts of a PNG, without decompressing anything. From IHDR to IEND every chunk must be complete with a
 * valid checksum, and critical chunks (5.4) must be known. The order of other chunks and bytes after IEND are
 * ignored.
 * @throws PngError
 */
export function readPng(png: Buffer): PngParts {
  if (!png.subarray(0, 8).equals(PNG_SIGNATURE))
    throw new PngError('it does not begin with the PNG signature')
  let header: Buffer | undefined
  const palettes: Buffer[] = []
  const data: Buffer[] = []
  for (let at = 8; ; ) {
    // Length, type, data, checksum of type and data: 5.3.
    if (at + 12 > png.length) throw new PngError('it ends before its IEND chunk')
    const length = png.readUInt32BE(at)
    if (length > png.length - at - 12) throw new PngError(`its chunk at byte ${at} is cut`)
    const type = png.toString('latin1', at + 4, at + 8)
    const end = at + 8 + length
    if (crc32(png.subarray(at + 4, end)) !== png.readUInt32BE(end)) {
      throw new PngError(`its chunk at byte ${at} does not match its checksum`)
    }
    const content = png.subarray(at + 8, end)
    if ((type === 'IHDR') !== (header === undefined))
      throw new PngError('IHDR is not its first chunk, or not only that')
    if (type === 'IHDR') header = content
    else if (type === 'PLTE') palettes.push(content)
    else if (type === 'IDAT') data.push(content)
    else if (type === 'IEND') break
    else if (isCritical(type)) throw new PngError(`its chunk at byte ${at} is unknown, and critical`)
    at = end + 4
  }
  if (header?.length !== 13) throw new PngError('its header is not 13 bytes')
  const [bitDepth, colourType, compression, filter, interlace] = header.subarray(8)
  if (compression !== 0 || filter !== 0 || interlace! > 1)
    throw new PngError('its header names unknown methods')
  return {
    width: header.readUInt32BE(0),
    height: header.readUInt32BE(4),
    bitDepth: bitDepth!,
    colourType: colourType!,
    interlaced: interlace === 1,
    header,
    palettes,
    data: data.length === 1 ? data[0]! : Buffer.concat(data),
  }
}

/**
 * A PNG with the chunks of the pixels only. Other chunks can hold compressed text and profiles, which libpng
 * inflates completely: a mask of a few hundred kilobytes took a gigabyte.
 */
export function pixelsAlone({ header, palettes, data }: PngParts): Buffer {
  return fileOf([
    { type: 'IHDR', data: header },
    ...palettes.map((palette): Chunk => ({ type: 'PLTE', data: palette })),
    { type: 'IDAT', data },
  ])
}

/** Bit 5 of the first byte: a capital letter. 5.4. */
function isCritical(type: string): boolean {
  return (type.charCodeAt(0) & 0x20) === 0
}
