import { corrupt } from './heif-boxes.ts'
import type { Size } from './heif-size.ts'

/** The part of a sequence parameter set with the size. All known ones have it in the first 100 bytes. */
const READ_BYTES = 1024
/** Horizontal and vertical units of the conformance window, by chroma format. ITU-T H.265, table 6-1. */
const WINDOW_UNITS = [
  [1, 1],
  [2, 2],
  [2, 1],
  [1, 1],
] as const

/**
 * The size of the pictures of a sequence parameter set: ITU-T H.265, 7.3.2.2.1.
 * @throws VisionError `corrupt-image`
 */
export function sequenceSize(unit: Buffer): Size {
  const bits = new BitReader(withoutEmulation(unit.subarray(2, READ_BYTES)))
  bits.skip(4)
  const subLayers = bits.read(3)
  bits.skip(1)
  skipProfile(bits, subLayers)
  bits.golomb()
  const chroma = bits.golomb()
  const units = WINDOW_UNITS[chroma]
  if (!units) throw corrupt(`its chroma format ${chroma} does not exist`)
  if (chroma === 3) bits.skip(1)
  const [codedWidth, codedHeight] = [bits.golomb(), bits.golomb()]
  const [left, right, top, bottom] = bits.read(1)
    ? [bits.golomb(), bits.golomb(), bits.golomb(), bits.golomb()]
    : [0, 0, 0, 0]
  const width = codedWidth - (left + right) * units[0]
  const height = codedHeight - (top + bottom) * units[1]
  if (width <= 0 || height <= 0) throw corrupt('its coded pictures have no pixels')
  return { width, height }
}

/** profile_tier_level(), 7.3.3. */
function skipProfile(bits: BitReader, subLayers: number): void {
  const [profileBits, levelBits] = [88, 8]
  bits.skip(profileBits + levelBits)
  const present = Array.from({ length: subLayers }, () => [bits.read(1), bits.read(1)] as const)
  if (subLayers > 0) bits.skip(2 * (8 - subLayers))
  for (const [profile, level] of present) bits.skip(profile * profileBits + level * levelBits)
}

/** Without the byte 3 that encoders insert after two zero bytes (7.3.1.1). */
function withoutEmulation(bytes: Buffer): Buffer {
  return Buffer.from(
    bytes.filter((byte, i) => !(byte === 3 && i > 1 && bytes[i - 1] === 0 && bytes[i - 2] === 0)),
  )
}

class BitReader {
  private readonly bytes: Buffer
  private at = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  skip(count: number): void {
    this.at += count
  }

  read(count: number): number {
    let value = 0
    for (let i = 0; i < count; i++, this.at++) {
      const byte = this.bytes[this.at >> 3]
      if (byte === undefined) throw corrupt('a sequence parameter set is cut off')
      value = value * 2 + ((byte >> (7 - (this.at & 7))) & 1)
    }
    return value
  }

  /** ue(v), 9.2: as many zeros as bits follow after the first one. */
  golomb(): number {
    let zeros = 0
    while (this.read(1) === 0) if (++zeros > 31) throw corrupt('a sequence parameter set is damaged')
    return 2 ** zeros - 1 + this.read(zeros)
  }
}
