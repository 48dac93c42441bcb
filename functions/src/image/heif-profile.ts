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

/** Boxes within one other that are looked at; phones write some 50 properties. */
export const MAX_BOXES = 4096
/** One for each version and each width of places, 9.3.1. */
const MAX_ASSOCIATION_BOXES = 4
/** Items of a file that are looked at; a phone's photo has some 50 tiles. */
const MAX_ITEMS = 1 << 16

/**
 * What the colours of a HEIF file's primary image mean, from its `colr` box. Undefined when they are sRGB, not described, or
 * described in a way that we cannot read. The bytes are hostile, and have not even been found to be a picture of a fair size: little is
 * looked at, and one description read.
 * Boxes: ISO/IEC 14496-12, 4.2, `colr` 12.1.5; items and their properties: ISO/IEC 23008-12, 9.3 (`ipco`, `ipma`).
 */
export function readHeifProfile(bytes: Buffer): ColourProfile | undefined {
  const meta = childOf(bytes, 'meta')
  // A full box: version and flags come before its children.
  const children = meta?.subarray(4)
  const primary = children && primaryItem(childOf(children, 'pitm'))
  const properties = children && childOf(children, 'iprp')
  if (primary === undefined || !properties) return undefined
  const colour = colourBox(childOf(properties, 'ipco'), placesOf(primary, properties))
  return colour && colourOf(colour)
}

/** An ICC profile says it better than nclx where both are given. */
function colourBox(ipco: Buffer | undefined, places: Set<number>): Buffer | undefined {
  let first: Buffer | undefined
  let place = 0
  for (const { type, body } of boxesIn(ipco ?? Buffer.alloc(0))) {
    place++
    if (type !== 'colr' || !places.has(place)) continue
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

type Box = { type: string; body: Buffer }

/** The first boxes; one that is longer than its parent ends at the parent's end. */
export function* boxesIn(bytes: Buffer): Generator<Box> {
  let at = 0
  for (let count = 0; count < MAX_BOXES && at + 8 <= bytes.length; count++) {
    let size = bytes.readUInt32BE(at)
    let header = 8
    if (size === 1 && at + 16 <= bytes.length) {
      size = Number(bytes.readBigUInt64BE(at + 8))
      header = 16
    } else if (size === 0) size = bytes.length - at
    if (size < header) break
    yield { type: nameAt(bytes, at + 4), body: bytes.subarray(at + header, at + size) }
    at += size
  }
}

export function childOf(bytes: Buffer, type: string): Buffer | undefined {
  for (const box of boxesIn(bytes)) if (box.type === type) return box.body
  return undefined
}

function primaryItem(pitm: Buffer | undefined): number | undefined {
  if (!pitm || pitm.length < (pitm[0] ? 8 : 6)) return undefined
  return pitm[0] ? pitm.readUInt32BE(4) : pitm.readUInt16BE(4)
}

/** Places (1-based) of an item's properties. */
function placesOf(item: number, iprp: Buffer): Set<number> {
  let boxes = 0
  for (const { type, body } of boxesIn(iprp)) {
    if (type !== 'ipma') continue
    const places = placesIn(body, item)
    if (places) return places
    if (++boxes === MAX_ASSOCIATION_BOXES) break
  }
  return new Set()
}

/** From the first entry of the item, as it may have no other (9.3.1); of an `ipma` box cut off wherever it may be. */
function placesIn(ipma: Buffer, item: number): Set<number> | undefined {
  if (ipma.length < 8) return undefined
  const idBytes = ipma[0] ? 4 : 2
  const placeBytes = ipma[3]! & 1 ? 2 : 1
  const entries = Math.min(ipma.readUInt32BE(4), MAX_ITEMS)
  let at = 8
  for (let entry = 0; entry < entries && at + idBytes + 1 <= ipma.length; entry++) {
    const start = at + idBytes + 1
    const end = start + ipma[start - 1]! * placeBytes
    if (ipma.readUIntBE(at, idBytes) === item) {
      const places = new Set<number>()
      for (let i = start; i + placeBytes <= Math.min(end, ipma.length); i += placeBytes) {
        // The highest bit says that the property is essential.
        places.add(ipma.readUIntBE(i, placeBytes) & (placeBytes === 2 ? 0x7fff : 0x7f))
      }
      return places
    }
    at = end
  }
  return undefined
}
