/** The meaning of the values of an RGB image: a curve for each channel, then a matrix. */
export type ColourProfile = {
  /** Linear light (0 to 1) of each byte value; red, green, blue. */
  curves: Curves
  /** XYZ of the profile connection space (D50) for linear 1 of red, green and blue. */
  primaries: [Xyz, Xyz, Xyz]
}
export type Curves = [Float64Array, Float64Array, Float64Array]
export type Xyz = [x: number, y: number, z: number]
type Curve = (value: number) => number

const HEADER_BYTES = 128
const TAG_ENTRY_BYTES = 12
/** Limits of Little CMS, which libvips converts with: MAX_TABLE_TAG and Type_Curve_Read, lcms2 2.17. */
const MAX_TAGS = 100
const MAX_CURVE_ENTRIES = 0x7fff
/** Displays and cameras; other classes use the same tags in other ways. */
const CLASSES = new Set(['mntr', 'scnr'])
const SUPPORTED_VERSIONS = [2, 4]
/** Number of parameters of the function types 0 to 4. */
const PARAMETERS = [1, 3, 4, 5, 7]
/**
 * Tolerance of a curve around 0 to 1 and of its black point: less than a byte of sRGB. Little CMS continues
 * with values beyond, and compensates a black point that is not black.
 */
const SLACK = 1 / 5000

/**
 * Reads an ICC profile of three curves and a matrix, the form that phones, cameras and screens use (Display
 * P3, Adobe RGB, sRGB). Undefined for all other profiles, including damaged ones: libvips converts those. The
 * bytes are untrusted.
 * ICC.1:2022: header 7.2, tag table 7.3, three-component matrix-based profiles 8.3.3 and F.3.
 * https://www.color.org/specification/ICC.1-2022-05.pdf, 2026-11.
 */
export function readColourProfile(icc: Buffer): ColourProfile | undefined {
  const tags = readTags(icc)
  if (!tags || !isRgbToXyz(icc)) return undefined
  // Tables take precedence over curves and matrix (9.2 AToB, 9.2 DToB).
  for (const name of tags.keys()) if (/^[AD]2B\d$/.test(name)) return undefined
  const [red, green, blue] = ['rXYZ', 'gXYZ', 'bXYZ'].map((name) => readXyz(tags.get(name)))
  const [r, g, b] = ['rTRC', 'gTRC', 'bTRC'].map((name) => readToneCurve(tags.get(name)))
  if (!red || !green || !blue || !r || !g || !b) return undefined
  return { curves: [r, g, b], primaries: [red, green, blue] }
}

/**
 * True if a profile defines its own processing steps (multiProcessElementsType, 10.16). Little CMS runs every
 * step for tens of thousands of colours, whatever the size of the image: 100,000 steps, in a PNG of 5 kB,
 * take minutes, and no timeout interrupts them. Profiles of cameras and screens have no such steps.
 */
export function hasFreeSteps(icc: Buffer): boolean {
  return icc.subarray(HEADER_BYTES, HEADER_BYTES + 4 + MAX_TAGS * TAG_ENTRY_BYTES).includes('D2B')
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

/** Undefined if the tag is damaged or has another type. curveType 10.6, parametricCurveType 10.18. */
function readToneCurve(tag: Buffer | undefined): Float64Array | undefined {
  if (!tag || tag.length < 12) return undefined
  const type = nameAt(tag, 0)
  const curve = type === 'curv' ? tableCurve(tag) : type === 'para' ? parametricCurve(tag) : undefined
  return curve && sampleCurve(curve)
}

/** Linear light (0 to 1) of each byte value; undefined if the curve leaves that range. */
export function sampleCurve(curve: Curve): Float64Array | undefined {
  const samples = Float64Array.from({ length: 256 }, (_, byte) => curve(byte / 255))
  const isSane = samples.every((light) => light >= -SLACK && light <= 1 + SLACK) && samples[0]! <= SLACK
  // Clipped as 10.18 requires.
  return isSane ? samples.map((light) => Math.min(1, Math.max(0, light))) : undefined
}

function tableCurve(tag: Buffer): Curve | undefined {
  const count = tag.readUInt32BE(8)
  if (count > MAX_CURVE_ENTRIES || tag.length < 12 + count * 2) return undefined
  if (count === 0) return (x) => x
  // One entry is a gamma, u8Fixed8Number.
  if (count === 1) return (x) => x ** (tag.readUInt16BE(12) / 256)
  return (x) => {
    const place = x * (count - 1)
    const below = Math.min(Math.floor(place), count - 2)
    const [low, high] = [tag.readUInt16BE(12 + below * 2), tag.readUInt16BE(14 + below * 2)]
    return (low + (high - low) * (place - below)) / 65535
  }
}

function parametricCurve(tag: Buffer): Curve | undefined {
  const type = tag.readUInt16BE(8)
  const count = PARAMETERS[type]
  if (count === undefined || tag.length < 12 + count * 4) return undefined
  const [g = 1, a = 1, b = 0, c = 0, d = 0, e = 0, f = 0] = Array.from({ length: count }, (_, i) =>
    fixedAt(tag, 12 + i * 4),
  )
  if (type <= 2) return (x) => (a * x + b >= 0 ? (a * x + b) ** g : 0) + c
  return (x) => (x >= d ? Math.max(0, a * x + b) ** g + e : c * x + f)
}

/** A name of four letters, in ICC profiles and in boxes of HEIF files. */
export function nameAt(bytes: Buffer, at: number): string {
  return bytes.toString('latin1', at, at + 4)
}

/** s15Fixed16Number, 4.6. */
function fixedAt(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) / 65536
}
