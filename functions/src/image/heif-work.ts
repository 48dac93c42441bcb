import { boxesIn, childOf, MAX_BOXES } from './heif-profile.ts'

/** Phones' photos are grids of tiles. Of grids of grids each further one multiplies. */
const MAX_DEPTH = 4
/** A photo of 48 megapixels has some 200 tiles. */
const MAX_PARTS = 10_000

/**
 * The pixels that a decoder decodes for the costliest image of a HEIF file. One may be made of others (grids, overlays), those again of
 * others, and one of them in many places; which is decoded is for the decoder to say. What the boxes say of sizes the decoder checks against what it finds (libheif 1.23). The bytes are
 * hostile: infinitely many are those of a file that has more boxes than anybody needs.
 * ISO/IEC 14496-12, 8.11.12 (`iref`); ISO/IEC 23008-12, 6.6 (derived images), 9.3 (`ipma`), 6.5.3 (`ispe`).
 */
export function heifDecodedPixels(bytes: Buffer): number {
  const meta = childOf(bytes, 'meta')?.subarray(4) ?? Buffer.alloc(0)
  const parts = partsOf(meta)
  if (!parts) return Number.POSITIVE_INFINITY
  const sizes = sizesOf(childOf(meta, 'iprp') ?? Buffer.alloc(0))
  const known = new Map<number, number>()
  const pixels = (item: number, depth: number): number => {
    if (depth > MAX_DEPTH) return Number.POSITIVE_INFINITY
    const before = known.get(item)
    if (before !== undefined) return before
    const inParts = (parts.get(item) ?? []).reduce((sum, part) => sum + pixels(part, depth + 1), 0)
    const all = inParts + (sizes.get(item) ?? 0)
    known.set(item, all)
    return all
  }
  let most = 0
  for (const item of [...sizes.keys(), ...parts.keys()]) most = Math.max(most, pixels(item, 0))
  return most
}

/** What each derived image is made of; undefined if there are more references than are looked at. */
function partsOf(meta: Buffer): Map<number, number[]> | undefined {
  const parts = new Map<number, number[]>()
  for (const { type, body } of boxesIn(meta)) {
    if (type !== 'iref') continue
    const idBytes = body[0] ? 4 : 2
    let boxes = 0
    for (const { type: kind, body: reference } of boxesIn(body.subarray(4))) {
      // The last that is looked at, so there may be others.
      if (++boxes === MAX_BOXES) return undefined
      if (kind !== 'dimg' || reference.length < idBytes + 2) continue
      const from = reference.readUIntBE(0, idBytes)
      const count = reference.readUInt16BE(idBytes)
      const list = parts.get(from) ?? []
      for (let i = 0, at = idBytes + 2; i < count && at + idBytes <= reference.length; i++, at += idBytes) {
        list.push(reference.readUIntBE(at, idBytes))
      }
      parts.set(from, list)
      if (list.length > MAX_PARTS) return undefined
    }
  }
  return parts
}

/** Width x height of each item. */
function sizesOf(iprp: Buffer): Map<number, number> {
  const ispe = new Map<number, number>()
  let place = 0
  for (const { type, body } of boxesIn(childOf(iprp, 'ipco') ?? Buffer.alloc(0))) {
    place++
    if (type === 'ispe' && body.length >= 12) ispe.set(place, body.readUInt32BE(4) * body.readUInt32BE(8))
  }
  const sizes = new Map<number, number>()
  for (const { type, body } of boxesIn(iprp)) {
    if (type !== 'ipma') continue
    for (const { item, places } of associations(body)) {
      for (const at of places) sizes.set(item, Math.max(sizes.get(item) ?? 0, ispe.get(at) ?? 0))
    }
  }
  return sizes
}

/** Places (1-based) of each item's properties. */
function* associations(ipma: Buffer): Generator<{ item: number; places: number[] }> {
  if (ipma.length < 8) return
  const idBytes = ipma[0] ? 4 : 2
  const placeBytes = ipma[3]! & 1 ? 2 : 1
  const entries = ipma.readUInt32BE(4)
  let at = 8
  for (let entry = 0; entry < entries && at + idBytes + 1 <= ipma.length; entry++) {
    const item = ipma.readUIntBE(at, idBytes)
    const count = ipma[at + idBytes]!
    at += idBytes + 1
    const places: number[] = []
    for (let i = 0; i < count && at + placeBytes <= ipma.length; i++, at += placeBytes) {
      // The highest bit says that the property is essential.
      places.push(ipma.readUIntBE(at, placeBytes) & (placeBytes === 2 ? 0x7fff : 0x7f))
    }
    yield { item, places }
  }
}
