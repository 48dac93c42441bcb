import { fixedAt, nameAt } from './colour-profile.ts'

type Curve = (value: number) => number

/** Little CMS takes no longer tables (lcms2 2.17, Type_Curve_Read). */
const MAX_ENTRIES = 0x7fff
/** Parameters of the function types 0 to 4. */
const PARAMETERS = [1, 3, 4, 5, 7]
/**
 * How far a curve may leave 0 to 1, and black be light: less than a byte of sRGB. Little CMS reckons on with values beyond, and
 * moves black that shines (black point compensation).
 */
const SLACK = 1 / 5000

/**
 * Linear light (0 to 1) of each byte value, from the tag of a profile. Undefined when it is damaged or of another type.
 * ICC.1:2022: curveType 10.6, parametricCurveType 10.18.
 */
export function readToneCurve(tag: Buffer | undefined): Float64Array | undefined {
  if (!tag || tag.length < 12) return undefined
  const type = nameAt(tag, 0)
  const curve = type === 'curv' ? tableCurve(tag) : type === 'para' ? parametricCurve(tag) : undefined
  return curve && sampleCurve(curve)
}

export function sampleCurve(curve: Curve): Float64Array | undefined {
  const samples = Float64Array.from({ length: 256 }, (_, byte) => curve(byte / 255))
  const isSane = samples.every((light) => light >= -SLACK && light <= 1 + SLACK) && samples[0]! <= SLACK
  // Clipped as 10.18 asks.
  return isSane ? samples.map((light) => Math.min(1, Math.max(0, light))) : undefined
}

function tableCurve(tag: Buffer): Curve | undefined {
  const count = tag.readUInt32BE(8)
  if (count > MAX_ENTRIES || tag.length < 12 + count * 2) return undefined
  if (count === 0) return (x) => x
  // One entry is a gamma, u8Fixed8Number.
  if (count === 1) return power(tag.readUInt16BE(12) / 256)
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
  const raise = power(g)
  switch (type) {
    case 0:
      return raise
    case 1:
      return (x) => (a * x + b >= 0 ? raise(a * x + b) : 0)
    case 2:
      return (x) => (a * x + b >= 0 ? raise(a * x + b) + c : c)
    default:
      return (x) => (x >= d ? raise(Math.max(0, a * x + b)) + e : c * x + f)
  }
}

const power =
  (gamma: number): Curve =>
  (x) =>
    x ** gamma
