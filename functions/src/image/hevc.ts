import { corrupt, NumberReader } from './heif-boxes.ts'
import type { Size } from './heif-size.ts'
import { sequenceSize } from './hevc-size.ts'

/**
 * Parts of HEVC images, ITU-T H.265, in the form of ISO/IEC 14496-15, 8.3. A NAL unit begins with a zero bit,
 * its type (6 bits) and its layer (6 bits).
 */
/** Slices of pictures, table 7-1. Decoders ignore the types between and after them, which are reserved. */
const SLICES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17, 18, 19, 20, 21]
const PARAMETERS = [32, 33, 34]
const SEQUENCE_PARAMETERS = 33

/** The fields of `hvcC` before the parameter sets: profile, level, chroma and depth. */
const HEADER_BYTES = 22
/** Encoders write one set of each kind. */
const MAX_PARAMETER_SETS = 64

/** `config`: a decoder configuration (`hvcC`) with parameter sets only. */
export type HevcConfig = { config: Buffer; lengthBytes: number; size: Size }

/**
 * Reads a decoder configuration, without anything that is not a parameter set, such as SEI messages.
 * @throws VisionError `corrupt-image`
 */
export function readHevcConfig(hvcC: Buffer): HevcConfig {
  const reader = new NumberReader(hvcC, 'hvcC')
  const header = reader.slice(HEADER_BYTES)
  const sets: Buffer[] = []
  for (let lists = reader.unsigned(1); lists > 0; lists--) {
    reader.unsigned(1)
    for (let count = reader.unsigned(2); count > 0; count--) {
      const unit = reader.slice(reader.unsigned(2))
      if (!isOf(unit, PARAMETERS)) continue
      if (sets.push(unit) > MAX_PARAMETER_SETS) throw corrupt('its hvcC box has too many parameter sets')
    }
  }
  const sequence = sets.find((unit) => typeOf(unit) === SEQUENCE_PARAMETERS)
  if (!sequence) throw corrupt('its hvcC box has no sequence parameter set')
  return {
    config: Buffer.concat([header, ...parameterLists(sets)]),
    lengthBytes: (header[HEADER_BYTES - 1]! & 3) + 1,
    size: sequenceSize(sequence),
  }
}

/** A list of the sets of each type, all complete. */
function parameterLists(sets: Buffer[]): Buffer[] {
  const lists = [...Map.groupBy(sets, typeOf)].map(([type, units]) => {
    const count = Buffer.from([0x80 | type, 0, units.length])
    return Buffer.concat([count, ...units.flatMap((unit) => [lengthOf(unit, 2), unit])])
  })
  return [Buffer.from([lists.length]), ...lists]
}

/**
 * The coded pictures of an item. Drops all other NAL units: SEI messages can hold any text, and parameter
 * sets are in the configuration.
 * @throws VisionError `corrupt-image`
 */
export function codedPictures(data: Buffer, { lengthBytes }: HevcConfig): Buffer {
  const reader = new NumberReader(data, 'HEVC')
  const pieces: Buffer[] = []
  while (reader.left > 0) {
    const unit = reader.slice(reader.unsigned(lengthBytes))
    if (isOf(unit, SLICES)) pieces.push(lengthOf(unit, lengthBytes), unit)
  }
  if (pieces.length === 0) throw corrupt('an item has no coded picture')
  return Buffer.concat(pieces)
}

function isOf(unit: Buffer, types: readonly number[]): boolean {
  if (unit.length < 3) return false
  const layer = ((unit[0]! & 1) << 5) | (unit[1]! >> 3)
  return layer === 0 && types.includes(typeOf(unit))
}

function typeOf(unit: Buffer): number {
  return (unit[0]! >> 1) & 0x3f
}

function lengthOf(unit: Buffer, bytes: number): Buffer {
  const length = Buffer.alloc(bytes)
  length.writeUIntBE(unit.length, 0, bytes)
  return length
}
