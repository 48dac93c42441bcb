import { type ColourProfile, nameAt, readColourProfile, sampleCurve } from './colour-profile.ts'
import { boxesIn, childOf } from './heif-boxes.ts'
import { linearOfSrgb } from './to-srgb.ts'

/**
 * Display P3, adapted to D50; its curve is that of sRGB. https://www.color.org/chardata/rgb/DisplayP3.xalter,
 * 2026-11.
 */
const P3_PRIMARIES: ColourProfile['primaries'] = [
  [0.51512, 0.2412, -0.00105],
  [0.29198, 0.69225, 0.04189],
  [0.1571, 0.06657, 0.78407],
]
/** ITU-T H.273, table 2: SMPTE EG 432-1. */
const NCLX_P3 = 12
/**
 * ITU-T H.273, table 3: BT.709, unspecified, BT.601 and sRGB, all displayed with the curve of sRGB; the
 * others are HDR or rare.
 */
const NCLX_SRGB_CURVES = new Set([1, 2, 6, 13])

/** One for each version and each size of property indexes, 9.3.1. */
const MAX_ASSOCIATION_BOXES = 4
/** The number of items that are read; a phone's photo has some 50 tiles. */
const MAX_ITEMS = 1 << 16

/**
 * The colour profile of a HEIF file's primary image, from its `colr` box. Undefined if the colours are sRGB,
 * not described, or described in a form that we do not read. The bytes are untrusted and unchecked: only a
 * bounded number of boxes is read, and only one profile.
 * Boxes: ISO/IEC 14496-12, 4.2, `colr` 12.1.5; items and their properties: ISO/IEC 23008-12, 9.3 (`ipco`,
 * `ipma`).
 */
export function readHeifProfile(bytes: Buffer): ColourProfile | undefined {
  const meta = childOf(bytes, 'meta')
  // A full box: version and flags come before its children.
  const children = meta?.subarray(4)
  const primary = children && primaryItem(childOf(children, 'pitm'))
  const properties = children && childOf(children, 'iprp')
  if (primary === undefined || !properties) return undefined
  const colour = colourBox(childOf(properties, 'ipco'), propertyIndexes(primary, properties))
  return colour && colourOf(colour)
}

/** Of two descriptions, an ICC profile is more precise than nclx. */
function colourBox(ipco: Buffer | undefined, indexes: Set<number>): Buffer | undefined {
  let first: Buffer | undefined
  let index = 0
  for (const { type, body } of boxesIn(ipco ?? Buffer.alloc(0))) {
    index++
    if (type !== 'colr' || !indexes.has(index)) continue
    if (isIcc(body)) return body
    first ??= body
  }
  return first
}

const isIcc = (colr: Buffer) => ['prof', 'rICC'].includes(nameAt(colr, 0))

function colourOf(colr: Buffer): ColourProfile | undefined {
  if (isIcc(colr)) return readColourProfile(colr.subarray(4))
  if (nameAt(colr, 0) !== 'nclx' || colr.length < 8) return undefined
  const [primaries, transfer] = [colr.readUInt16BE(4), colr.readUInt16BE(6)]
  if (primaries !== NCLX_P3 || !NCLX_SRGB_CURVES.has(transfer)) return undefined
  const curve = sampleCurve(linearOfSrgb)!
  return { curves: [curve, curve, curve], primaries: P3_PRIMARIES }
}

function primaryItem(pitm: Buffer | undefined): number | undefined {
  if (!pitm || pitm.length < (pitm[0] ? 8 : 6)) return undefined
  return pitm[0] ? pitm.readUInt32BE(4) : pitm.readUInt16BE(4)
}

/** The 1-based indexes of an item's properties within `ipco`. */
function propertyIndexes(item: number, iprp: Buffer): Set<number> {
  let boxes = 0
  for (const { type, body } of boxesIn(iprp)) {
    if (type !== 'ipma') continue
    const indexes = indexesIn(body, item)
    if (indexes) return indexes
    if (++boxes === MAX_ASSOCIATION_BOXES) break
  }
  return new Set()
}

/** An item has at most one entry (9.3.1). The `ipma` box may be cut off anywhere. */
function indexesIn(ipma: Buffer, item: number): Set<number> | undefined {
  if (ipma.length < 8) return undefined
  const idBytes = ipma[0] ? 4 : 2
  const indexBytes = ipma[3]! & 1 ? 2 : 1
  const entries = Math.min(ipma.readUInt32BE(4), MAX_ITEMS)
  let at = 8
  for (let entry = 0; entry < entries && at + idBytes + 1 <= ipma.length; entry++) {
    const start = at + idBytes + 1
    const end = start + ipma[start - 1]! * indexBytes
    if (ipma.readUIntBE(at, idBytes) === item) {
      const indexes = new Set<number>()
      for (let i = start; i + indexBytes <= Math.min(end, ipma.length); i += indexBytes) {
        // The highest bit marks an essential property.
        indexes.add(ipma.readUIntBE(i, indexBytes) & (indexBytes === 2 ? 0x7fff : 0x7f))
      }
      return indexes
    }
    at = end
  }
  return undefined
}
