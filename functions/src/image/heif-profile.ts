import { type ColourProfile, nameAt, readColourProfile } from './colour-profile.ts'
import { linearOfSrgb } from './to-srgb.ts'
import { sampleCurve } from './tone-curve.ts'

/** Display P3, whose primaries are adapted to D50, with the curve of sRGB. https://www.color.org/chardata/rgb/DisplayP3.xalter, 2026-11. */
const P3_PRIMARIES: ColourProfile['primaries'] = [
  [0.51512, 0.2412, -0.00105],
  [0.29198, 0.69225, 0.04189],
  [0.1571, 0.06657, 0.78407],
]
/** ITU-T H.273, table 2: SMPTE EG 432-1. */
const NCLX_P3 = 12
/** ITU-T H.273, table 3: BT.709, unspecified, BT.601 and sRGB, which all are shown with the curve of sRGB; the others are HDR or rare. */
const NCLX_SRGB_CURVES = new Set([1, 2, 6, 13])

/**
 * What the colours of a HEIF file's primary image mean, from its `colr` box. Undefined when they are sRGB, not described, or
 * described in a way that we cannot read. The bytes are hostile.
 * Boxes: ISO/IEC 14496-12, 4.2, `colr` 12.1.5; items and their properties: ISO/IEC 23008-12, 9.3 (`ipco`, `ipma`).
 */
export function readHeifProfile(bytes: Buffer): ColourProfile | undefined {
  const meta = childOf(bytes, 'meta')
  // A full box: version and flags come before its children.
  const children = meta?.subarray(4)
  const primary = children && primaryItem(childOf(children, 'pitm'))
  const properties = children && childOf(children, 'iprp')
  if (primary === undefined || !properties) return undefined
  const indexes = boxesIn(properties)
    .filter(({ type }) => type === 'ipma')
    .flatMap(({ body }) => propertiesOf(primary, body))
  const all = boxesIn(childOf(properties, 'ipco') ?? Buffer.alloc(0))
  const colours = indexes.map((index) => all[index - 1]).filter((property) => property?.type === 'colr')
  // An ICC profile says it better than nclx where both are given.
  const profiles = colours.map((colour) => ({ isIcc: isIcc(colour!.body), profile: colourOf(colour!.body) }))
  const best = profiles.find(({ isIcc: icc }) => icc) ?? profiles[0]
  return best?.profile
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

type Box = { type: string; body: Buffer }

/** Each box takes 8 bytes at least, so there are no more than fit; one that is longer than its parent ends at the parent's end. */
function boxesIn(bytes: Buffer): Box[] {
  const boxes: Box[] = []
  for (let at = 0; at + 8 <= bytes.length; ) {
    let size = bytes.readUInt32BE(at)
    let header = 8
    if (size === 1 && at + 16 <= bytes.length) {
      size = Number(bytes.readBigUInt64BE(at + 8))
      header = 16
    } else if (size === 0) size = bytes.length - at
    if (size < header) break
    boxes.push({ type: nameAt(bytes, at + 4), body: bytes.subarray(at + header, at + size) })
    at += size
  }
  return boxes
}

function childOf(bytes: Buffer, type: string): Buffer | undefined {
  return boxesIn(bytes).find((box) => box.type === type)?.body
}

function primaryItem(pitm: Buffer | undefined): number | undefined {
  if (!pitm || pitm.length < (pitm[0] ? 8 : 6)) return undefined
  return pitm[0] ? pitm.readUInt32BE(4) : pitm.readUInt16BE(4)
}

/** Places (1-based) of an item's properties, from an `ipma` box cut off wherever it may be. */
function propertiesOf(item: number, ipma: Buffer): number[] {
  if (ipma.length < 8) return []
  const idBytes = ipma[0] ? 4 : 2
  const indexBytes = ipma[3]! & 1 ? 2 : 1
  const indexes: number[] = []
  // Further entries than bytes cannot be.
  const entries = Math.min(ipma.readUInt32BE(4), ipma.length)
  let at = 8
  for (let entry = 0; entry < entries && at + idBytes + 1 <= ipma.length; entry++) {
    const end = at + idBytes + 1 + ipma[at + idBytes]! * indexBytes
    if (ipma.readUIntBE(at, idBytes) === item) {
      for (let i = at + idBytes + 1; i + indexBytes <= Math.min(end, ipma.length); i += indexBytes) {
        // The highest bit says that the property is essential.
        indexes.push(ipma.readUIntBE(i, indexBytes) & (indexBytes === 2 ? 0x7fff : 0x7f))
      }
    }
    at = end
  }
  return indexes
}
