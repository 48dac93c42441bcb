import type { ColourProfile, Curves, Xyz } from './colour-profile.ts'

/** Converts 8-bit pixels in place, `channels` (3 or 4) bytes each; the fourth channel stays. */
export type Conversion = (pixels: Uint8Array, channels: number) => void

/**
 * XYZ (D50) to linear sRGB, by rows: the inverse of the adapted primaries of the sRGB profile in libvips
 * 8.18.
 */
const XYZ_TO_LINEAR_SRGB = [
  [3.13392, -1.61694, -0.49071],
  [-0.97845, 1.91588, 0.03339],
  [0.07202, -0.22903, 1.40572],
] as const
/** Steps of linear light: at the steep start of the curve, one step is a fifth of a byte. */
const STEPS = 1 << 14
/** Results of real matrices lie between about -1 and 2.5. Larger ones come from damaged profiles. */
const MAX_REACH = 8
const BLOCK_PIXELS = 2048
/**
 * The difference, of 255, up to which a profile counts as sRGB. Common sRGB profiles differ from each other
 * by as much.
 */
const TOLERANCE = 2

/**
 * The conversion from a profile to sRGB: 'none' if the colours are sRGB already, undefined if the profile is
 * unusable. Colours outside sRGB are clipped channel by channel, as Little CMS does.
 */
export function conversionToSrgb({ curves, primaries }: ColourProfile): Conversion | 'none' | undefined {
  const rows = XYZ_TO_LINEAR_SRGB.map((row) =>
    primaries.map((xyz) => row[0] * xyz[0] + row[1] * xyz[1] + row[2] * xyz[2]),
  )
  const reach = Math.max(...rows.map((row) => row.reduce((sum, share) => sum + Math.abs(share), 0)))
  if (reach > MAX_REACH) return undefined
  // The table covers every result of the matrix, so no result has to be clipped.
  const below = Math.ceil(Math.max(reach, 1) * STEPS) + 1
  const bytes = new Uint8Array(2 * below + 1)
  bytes.fill(255, below).set(encodedSrgb(), below)
  const tables = {
    curves: curves.map((curve) => curve.map((light) => light * STEPS)) as Curves,
    rows: rows as Tables['rows'],
    bytes,
    zero: below,
  }
  const convert: Conversion = (pixels, channels) => convertPixels(pixels, channels, tables)
  return changesNothing(convert) ? 'none' : convert
}

type Tables = { curves: Curves; rows: [Xyz, Xyz, Xyz]; bytes: Uint8Array; zero: number }

/**
 * Works in blocks so that the inner function is called often: V8 13.6 discards the optimised code of a loop
 * that runs once per photo at the next garbage collection, and then needs three times as long.
 */
function convertPixels(picture: Uint8Array, channels: number, tables: Tables): void {
  // The loop is fastest if it always receives the same class; a Buffer is a different one.
  const pixels = new Uint8Array(picture.buffer, picture.byteOffset, picture.length)
  const block = BLOCK_PIXELS * channels
  for (let from = 0; from < pixels.length; from += block) {
    convertBlock(pixels, from, Math.min(from + block, pixels.length), channels, tables)
  }
}

function convertBlock(
  pixels: Uint8Array,
  from: number,
  to: number,
  channels: number,
  { curves, rows, bytes, zero }: Tables,
): void {
  const [reds, greens, blues] = curves
  const [[rr, rg, rb], [gr, gg, gb], [br, bg, bb]] = rows
  const half = zero + 0.5
  for (let i = from; i + 2 < to; i += channels) {
    const r = reds[pixels[i]!]!
    const g = greens[pixels[i + 1]!]!
    const b = blues[pixels[i + 2]!]!
    pixels[i] = bytes[(half + r * rr + g * rg + b * rb) | 0]!
    pixels[i + 1] = bytes[(half + r * gr + g * gg + b * gb) | 0]!
    pixels[i + 2] = bytes[(half + r * br + g * bg + b * bb) | 0]!
  }
}

/** Linear light of an sRGB value, both 0 to 1. IEC 61966-2-1, 5.2. */
export function linearOfSrgb(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
}

let encoded: Uint8Array | undefined

/** The sRGB byte of each step of linear light from 0 to 1. */
function encodedSrgb(): Uint8Array {
  encoded ??= Uint8Array.from({ length: STEPS + 1 }, (_, step) => {
    const light = step / STEPS
    return Math.round(255 * (light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055))
  })
  return encoded
}

/**
 * Tests the effect on ramps of grey, of each channel and of their mixtures, instead of the profile's name.
 */
function changesNothing(convert: Conversion): boolean {
  const colours: number[] = []
  for (let mask = 1; mask < 8; mask++) {
    for (let v = 0; v < 256; v++) colours.push(mask & 1 ? v : 0, mask & 2 ? v : 0, mask & 4 ? v : 0)
  }
  const converted = Uint8Array.from(colours)
  convert(converted, 3)
  return converted.every((byte, i) => Math.abs(byte - colours[i]!) <= TOLERANCE)
}
