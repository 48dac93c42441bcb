import { readToneCurve } from './tone-curve.ts'

/** What the numbers of an RGB picture mean: a curve for each channel, then a matrix. */
export type ColourProfile = {
  /** Linear light (0 to 1) of each byte value; red, green, blue. */
  curves: Curves
  /** XYZ of the profile connection space (D50) for linear 1 of red, green and blue. */
  primaries: [Xyz, Xyz, Xyz]
}
export type Curves = [Float64Array, Float64Array, Float64Array]
export type Xyz = [x: number, y: number, z: number]

const HEADER_BYTES = 128
const TAG_ENTRY_BYTES = 12
/** Little CMS, which libvips converts with, takes no more (MAX_TABLE_TAG, lcms2 2.17). */
const MAX_TAGS = 100
/** Displays and cameras; other classes use the same tags in other ways. */
const CLASSES = new Set(['mntr', 'scnr'])
const SUPPORTED_VERSIONS = [2, 4]

/**
 * Reads an ICC profile of three curves and a matrix, as phones, cameras and screens write them (Display P3, Adobe RGB, sRGB ...).
 * Undefined for all others, damaged ones too: those are for a colour management system. The bytes are hostile.
 * ICC.1:2022: header 7.2, tag table 7.3, three-component matrix-based profiles 8.3.3 and F.3.
 * https://www.color.org/specification/ICC.1-2022-05.pdf, 2026-11.
 */
export function readColourProfile(icc: Buffer): ColourProfile | undefined {
  const tags = readTags(icc)
  if (!tags || !isRgbToXyz(icc)) return undefined
  // Tables, where a profile has them, go before curves and matrix (9.2 AToB, 9.2 DToB).
  for (const name of tags.keys()) if (/^[AD]2B\d$/.test(name)) return undefined
  const [red, green, blue] = ['rXYZ', 'gXYZ', 'bXYZ'].map((name) => readXyz(tags.get(name)))
  const [r, g, b] = ['rTRC', 'gTRC', 'bTRC'].map((name) => readToneCurve(tags.get(name)))
  if (!red || !green || !blue || !r || !g || !b) return undefined
  return { curves: [r, g, b], primaries: [red, green, blue] }
}

/**
 * Whether a profile has colours go through as many steps as it likes (multiProcessElementsType, 10.16). Little CMS takes every one of them
 * for each of tens of thousands of colours, whatever the picture's size: 100,000 steps, in a PNG of 5 kB, take minutes, within which no
 * time-out is heeded. Profiles of cameras and screens have none.
 */
export function hasFreeSteps(icc: Buffer): boolean {
  if (icc.length < HEADER_BYTES + 4) return false
  const count = Math.min(icc.readUInt32BE(HEADER_BYTES), MAX_TAGS)
  for (let i = 0; i < count; i++) {
    const name = nameAt(icc, HEADER_BYTES + 4 + i * TAG_ENTRY_BYTES)
    if (name.startsWith('D2B')) return true
  }
  return false
}

function isRgbToXyz(icc: Buffer): boolean {
  const [deviceClass, colourSpace, connectionSpace] = [12, 16, 20].map((at) => nameAt(icc, at))
  return (
    SUPPORTED_VERSIONS.includes(icc[8]!) &&
    CLASSES.has(deviceClass!) &&
    colourSpace === 'RGB ' &&
    connectionSpace === 'XYZ ' &&
    nameAt(icc, 36) === 'acsp'
  )
}

function readTags(icc: Buffer): Map<string, Buffer> | undefined {
  if (icc.length < HEADER_BYTES + 4 || icc.readUInt32BE(0) > icc.length) return undefined
  const count = icc.readUInt32BE(HEADER_BYTES)
  if (count > MAX_TAGS || HEADER_BYTES + 4 + count * TAG_ENTRY_BYTES > icc.length) return undefined
  const tags = new Map<string, Buffer>()
  for (let i = 0; i < count; i++) {
    const at = HEADER_BYTES + 4 + i * TAG_ENTRY_BYTES
    const name = nameAt(icc, at)
    const offset = icc.readUInt32BE(at + 4)
    const end = offset + icc.readUInt32BE(at + 8)
    if (end > icc.length || tags.has(name)) return undefined
    tags.set(name, icc.subarray(offset, end))
  }
  return tags
}

/** XYZType, 10.31: three s15Fixed16Numbers. */
function readXyz(tag: Buffer | undefined): Xyz | undefined {
  if (!tag || tag.length < 20 || nameAt(tag, 0) !== 'XYZ ') return undefined
  return [fixedAt(tag, 8), fixedAt(tag, 12), fixedAt(tag, 16)]
}

export function nameAt(bytes: Buffer, at: number): string {
  return bytes.toString('latin1', at, at + 4)
}

/** s15Fixed16Number, 4.6. */
export function fixedAt(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) / 65536
}
