import { type Box, corrupt, NumberReader } from './heif-boxes.ts'

export type Size = { width: number; height: number }

/** ISO/IEC 23008-12, 6.5.3 (`ispe`), 6.5.10 (`irot`), 6.5.12 (`imir`); `clap`: ISO/IEC 14496-12, 12.1.4. */
export const TRANSFORMS = new Set(['clap', 'irot', 'imir'])

/** The stored size of an item. @throws VisionError `corrupt-image` */
export function storedSize(properties: readonly Box[]): Size {
  const ispe = properties.find(({ type }) => type === 'ispe')
  if (!ispe) throw corrupt('an item has no ispe property')
  const reader = new NumberReader(ispe.body, 'ispe')
  reader.versionAndFlags()
  const size = { width: reader.unsigned(4), height: reader.unsigned(4) }
  if (size.width === 0 || size.height === 0) throw corrupt('an item has no pixels')
  return size
}

/**
 * The size after cropping, rotation and mirroring, which apply in the order of the properties (`ipma`).
 * @throws VisionError `corrupt-image`
 */
export function uprightSize(properties: readonly Box[]): Size {
  let { width, height } = storedSize(properties)
  for (const { type, body } of properties) {
    if (type === 'irot') {
      // Two bits: the number of quarter turns, anticlockwise.
      const turns = new NumberReader(body, 'irot').unsigned(1) & 3
      if (turns % 2 === 1) [width, height] = [height, width]
    } else if (type === 'clap') ({ width, height } = cropped({ width, height }, body))
  }
  return { width, height }
}

/** A fraction of integers of 32 bits, calculated without rounding. */
type Fraction = { n: bigint; d: bigint }

/** The pixels that the aperture covers, rounded and clipped as in libheif 1.23 (`Box_clap`). */
function cropped({ width, height }: Size, clap: Buffer): Size {
  const reader = new NumberReader(clap, 'clap')
  const fraction = (numerator: number): Fraction => {
    const denominator = reader.unsigned(4)
    if (denominator === 0) throw corrupt('its aperture divides by zero')
    return { n: BigInt(numerator), d: BigInt(denominator) }
  }
  const wide = fraction(reader.unsigned(4))
  const high = fraction(reader.unsigned(4))
  const right = fraction(reader.signed(4))
  const down = fraction(reader.signed(4))
  return { width: covered(width, wide, right), height: covered(height, high, down) }
}

function covered(side: number, aperture: Fraction, offset: Fraction): number {
  // The first pixel is at offset + (side - 1) / 2 - (aperture - 1) / 2.
  const d = 2n * offset.d * aperture.d
  const first = floor(2n * offset.n * aperture.d + (BigInt(side) * aperture.d - aperture.n) * offset.d, d)
  const last = first + floor(2n * (aperture.n - aperture.d) + aperture.d, 2n * aperture.d)
  const from = first > 0n ? first : 0n
  const to = last < BigInt(side) - 1n ? last : BigInt(side) - 1n
  if (to < from) throw corrupt('its aperture is empty')
  return Number(to - from + 1n)
}

/** BigInt division rounds towards zero. @param d positive */
function floor(n: bigint, d: bigint): bigint {
  return n >= 0n ? n / d : -((-n + d - 1n) / d)
}
