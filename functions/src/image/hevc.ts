import { corrupt, NumberReader, unsupported } from './heif-boxes.ts'
import type { Size } from './heif-size.ts'
import { sequenceSize } from './hevc-size.ts'

// HEVC images, ITU-T H.265, in the form of ISO/IEC 14496-15, 8.3. A NAL unit begins with a zero bit, its type
// (6 bits) and its layer (6 bits).

/** Slices of pictures, table 7-1. Decoders ignore the types between and after them, which are reserved. */
const SLICES = new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17, 18, 19, 20, 21])
const SEQUENCE_PARAMETERS = 33
/**
 * The largest parameter set of each type, in bytes: of the video, the sequence and the picture. Phones and
 * cameras write one of each, of at most 25, 270 and 9 bytes.
 */
const PARAMETER_BYTES = new Map([
  [32, 128],
  [SEQUENCE_PARAMETERS, 1024],
  [34, 128],
])

/** The fields of `hvcC` before the parameter sets: profile, level, chroma and depth. */
const HEADER_BYTES = 22
/** The units of an item, or of a configuration, that are read. Cameras write up to ten slices. */
const MAX_UNITS = 256
const MAX_CONFIG_UNITS = 64

/** `config`: a decoder configuration (`hvcC`) with one parameter set of each type. */
export type HevcConfig = { config: Buffer; lengthBytes: number; size: Size }

/**
 * Reads a decoder configuration, without anything that is not a parameter set, such as SEI messages.
 * @throws VisionError `corrupt-image`; `unsupported-type` for several sets of a type
 */
export function readHevcConfig(hvcC: Buffer): HevcConfig {
  const reader = new NumberReader(hvcC, 'hvcC')
  const header = reader.slice(HEADER_BYTES)
  const sets = new Map<number, Buffer>()
  let units = 0
  for (let lists = reader.unsigned(1); lists > 0; lists--) {
    reader.unsigned(1)
    for (let count = reader.unsigned(2); count > 0; count--) {
      if (++units > MAX_CONFIG_UNITS) throw corrupt(`its hvcC box has more than ${MAX_CONFIG_UNITS} units`)
      const unit = reader.slice(reader.unsigned(2))
      const maxBytes = PARAMETER_BYTES.get(typeAt(unit, 0))
      if (maxBytes === undefined || unit.length < 3 || layerAt(unit, 0) !== 0) continue
      if (unit.length > maxBytes) throw unsupported(`a parameter set has ${unit.length} bytes`)
      if (sets.has(typeAt(unit, 0))) throw unsupported('it has several parameter sets of a type')
      sets.set(typeAt(unit, 0), unit)
    }
  }
  const sequence = sets.get(SEQUENCE_PARAMETERS)
  if (!sequence) throw corrupt('its hvcC box has no sequence parameter set')
  const lists = [...sets].map(([type, unit]) => {
    const start = Buffer.from([0x80 | type, 0, 1, unit.length >> 8, unit.length & 0xff])
    return Buffer.concat([start, unit])
  })
  return {
    config: Buffer.concat([header, Buffer.from([lists.length]), ...lists]),
    lengthBytes: (header[HEADER_BYTES - 1]! & 3) + 1,
    size: sequenceSize(sequence),
  }
}

/**
 * The slices of the first coded picture of an item. Drops all other NAL units: SEI messages can hold any
 * text, and parameter sets are in the configuration.
 * @throws VisionError `corrupt-image`
 */
export function codedPicture(data: Buffer, lengthBytes: number): Buffer {
  const ranges: { start: number; end: number }[] = []
  let at = 0
  let pictures = 0
  let pictureType: number | undefined
  for (let units = 0; at < data.length && pictures <= 1; units++) {
    if (units === MAX_UNITS) throw corrupt(`an item has more than ${MAX_UNITS} NAL units`)
    const unit = at + lengthBytes
    const end = unit <= data.length ? unit + data.readUIntBE(at, lengthBytes) : Number.POSITIVE_INFINITY
    // A header of two bytes, and a byte of content.
    if (end > data.length || end - unit < 3) throw corrupt('a NAL unit is cut off')
    const type = typeAt(data, unit)
    if (SLICES.has(type) && layerAt(data, unit) === 0) {
      // first_slice_segment_in_pic_flag, 7.3.6.1
      if (data[unit + 2]! & 0x80) pictures++
      // All slices of a picture have the same type, 7.4.2.2.
      pictureType ??= type
      const last = ranges.at(-1)
      const isPart = pictures === 1 && type === pictureType
      if (isPart && last?.end === at) last.end = end
      else if (isPart) ranges.push({ start: at, end })
    }
    at = end
  }
  if (ranges.length === 0) throw corrupt('an item has no coded picture')
  return Buffer.concat(ranges.map(({ start, end }) => data.subarray(start, end)))
}

function typeAt(bytes: Buffer, at: number): number {
  return (bytes[at]! >> 1) & 0x3f
}

function layerAt(bytes: Buffer, at: number): number {
  return ((bytes[at]! & 1) << 5) | (bytes[at + 1]! >> 3)
}
