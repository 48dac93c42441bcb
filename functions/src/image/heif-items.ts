import { nameAt } from './colour-profile.ts'
import { type Box, boxesIn, childOf, corrupt, NumberReader, unsupported } from './heif-boxes.ts'
import { type Extent, readData } from './heif-data.ts'

// Items of ISO/IEC 14496-12, 8.11, and their properties, ISO/IEC 23008-12, 9.3. All bytes are untrusted.

/** An item of a HEIF file, with its properties in the order in which they apply. */
export type HeifItem = { type: string; properties: AssociatedProperty[]; data: Buffer }
export type AssociatedProperty = Box & { essential: boolean }

/** The primary item, and the items that it is derived from. */
export type HeifImage = { primary: HeifItem; parts: HeifItem[] }

/** The entries of `ipma` and `iloc` that are read. A phone's photo has some 100 items. */
const MAX_ENTRIES = 1 << 16
/** The properties of an item. Phones write up to ten. */
const MAX_PROPERTIES = 64
/** 268 megapixels, the highest pixel limit, in tiles of 512 x 512 pixels. */
const MAX_PARTS = 1024

type ItemType = { type: string; encrypted: boolean }

/**
 * Reads the primary item of a HEIF file, with the items of its `dimg` reference. Other items are not read.
 * @throws VisionError `corrupt-image`; `unsupported-type` without a still image, and for data outside the
 * file, derived data and encryption
 */
export function readHeifImage(file: Buffer): HeifImage {
  const meta = childOf(file, 'meta')
  if (!meta) throw unsupported('it has no meta box, so no still image')
  // A full box: version and flags come before its children.
  const children = childrenOf(meta.subarray(4))
  const primary = primaryOf(boxOf(children, 'pitm'))
  const types = itemTypes(boxOf(children, 'iinf'))
  const partIds = derivedFrom(primary, children.get('iref'))
  const ids = [primary, ...partIds]
  const properties = propertiesOf(new Set(ids), boxOf(children, 'iprp'))
  const extents = extentsOf(new Set(ids), boxOf(children, 'iloc'))
  const data = readData(extents, file, children.get('idat'))
  const items = ids.map((id): HeifItem => {
    const item = types.get(id)
    if (!item) throw corrupt(`item ${id} has no type`)
    if (item.encrypted) throw unsupported(`item ${id} is encrypted`)
    const bytes = data.get(id)
    if (!bytes) throw corrupt(`item ${id} has no data`)
    return { type: item.type, properties: properties.get(id) ?? [], data: bytes }
  })
  return { primary: items[0]!, parts: items.slice(1) }
}

/** Of boxes of the same type, the first counts. */
function childrenOf(bytes: Buffer): Map<string, Buffer> {
  const children = new Map<string, Buffer>()
  for (const { type, body } of boxesIn(bytes)) if (!children.has(type)) children.set(type, body)
  return children
}

function boxOf(children: Map<string, Buffer>, type: string): Buffer {
  const body = children.get(type)
  if (!body) throw corrupt(`it has no ${type} box`)
  return body
}

/** 8.11.4. */
function primaryOf(pitm: Buffer): number {
  const reader = new NumberReader(pitm, 'pitm')
  return reader.unsigned(reader.versionAndFlags().version === 0 ? 2 : 4)
}

/** 8.11.6. Entries before version 2 have no type. */
function itemTypes(iinf: Buffer): Map<number, ItemType> {
  const types = new Map<number, ItemType>()
  const entries = iinf.subarray(iinf[0] === 0 ? 6 : 8)
  for (const { type, body } of boxesIn(entries)) {
    if (type !== 'infe') continue
    const reader = new NumberReader(body, 'infe')
    const { version } = reader.versionAndFlags()
    if (version !== 2 && version !== 3) continue
    const id = reader.unsigned(version === 2 ? 2 : 4)
    if (types.has(id)) throw corrupt(`item ${id} has two types`)
    const encrypted = reader.unsigned(2) !== 0
    types.set(id, { type: nameAt(reader.slice(4), 0), encrypted })
  }
  return types
}

/** 8.11.12. @returns the items of the `dimg` reference, in their order */
function derivedFrom(item: number, iref: Buffer | undefined): number[] {
  if (!iref) return []
  const reader = new NumberReader(iref, 'iref')
  const idBytes = reader.versionAndFlags().version === 0 ? 2 : 4
  for (const { type, body } of boxesIn(reader.slice(reader.left))) {
    if (type !== 'dimg') continue
    const reference = new NumberReader(body, 'dimg')
    if (reference.unsigned(idBytes) !== item) continue
    const count = reference.unsigned(2)
    if (count > MAX_PARTS) throw corrupt(`it has ${count} tiles, the limit is ${MAX_PARTS}`)
    const ids = Array.from({ length: count }, () => reference.unsigned(idBytes))
    if (new Set([item, ...ids]).size <= count) throw corrupt('an item is used twice')
    return ids
  }
  return []
}

/** ISO/IEC 23008-12, 9.3.1. */
function propertiesOf(items: Set<number>, iprp: Buffer): Map<number, AssociatedProperty[]> {
  const available = [...boxesIn(childOf(iprp, 'ipco') ?? Buffer.alloc(0))]
  const properties = new Map<number, AssociatedProperty[]>()
  let left = MAX_ENTRIES
  for (const { type, body } of boxesIn(iprp)) {
    if (type !== 'ipma') continue
    const reader = new NumberReader(body, 'ipma')
    const { version, flags } = reader.versionAndFlags()
    const idBytes = version === 0 ? 2 : 4
    const indexBytes = flags & 1 ? 2 : 1
    const essentialBit = 1 << (indexBytes * 8 - 1)
    for (let entries = reader.unsigned(4); entries > 0; entries--) {
      if (--left < 0) throw corrupt('its ipma boxes have too many entries')
      const id = reader.unsigned(idBytes)
      const places = reader.slice(reader.unsigned(1) * indexBytes)
      if (!items.has(id)) continue
      if (properties.has(id)) throw corrupt(`item ${id} has two lists of properties`)
      properties.set(id, associated(places, indexBytes, essentialBit, available))
    }
  }
  return properties
}

function associated(
  places: Buffer,
  indexBytes: number,
  essentialBit: number,
  available: Box[],
): AssociatedProperty[] {
  const found: AssociatedProperty[] = []
  if (places.length > MAX_PROPERTIES * indexBytes) throw corrupt('an item has too many properties')
  for (let at = 0; at < places.length; at += indexBytes) {
    const place = places.readUIntBE(at, indexBytes)
    const index = place & (essentialBit - 1)
    // 0 stands for no property.
    if (index === 0) continue
    const property = available[index - 1]
    if (!property) throw corrupt(`property ${index} does not exist`)
    found.push({ ...property, essential: (place & essentialBit) !== 0 })
  }
  return found
}

/** 8.11.3. @returns the extents of the items; those of other items are skipped unread */
function extentsOf(items: Set<number>, iloc: Buffer): Map<number, Extent[]> {
  const reader = new NumberReader(iloc, 'iloc')
  const { version } = reader.versionAndFlags()
  if (version > 2) throw unsupported(`its iloc box has version ${version}`)
  const [sizes, moreSizes] = [reader.unsigned(1), reader.unsigned(1)]
  const [offsetBytes, lengthBytes, baseBytes] = [sizes >> 4, sizes & 15, moreSizes >> 4]
  const indexBytes = version === 0 ? 0 : moreSizes & 15
  if ([offsetBytes, lengthBytes, baseBytes, indexBytes].some((size) => ![0, 4, 8].includes(size))) {
    throw corrupt('its iloc box has numbers of unknown size')
  }
  const extents = new Map<number, Extent[]>()
  let entries = reader.unsigned(version < 2 ? 2 : 4)
  if (entries > MAX_ENTRIES) throw corrupt('its iloc box has too many entries')
  for (; entries > 0; entries--) {
    const id = reader.unsigned(version < 2 ? 2 : 4)
    const method = version === 0 ? 0 : reader.unsigned(2) & 15
    const reference = reader.unsigned(2)
    const base = reader.unsigned(baseBytes)
    const count = reader.unsigned(2)
    const list = new NumberReader(reader.slice(count * (indexBytes + offsetBytes + lengthBytes)), 'iloc')
    if (!items.has(id)) continue
    if (extents.has(id)) throw corrupt(`item ${id} has two locations`)
    if (reference !== 0) throw unsupported(`the data of item ${id} is outside the file`)
    if (method > 1) throw unsupported(`the data of item ${id} is derived from other items`)
    const source = method === 0 ? 'file' : 'idat'
    extents.set(
      id,
      readExtents(count, source, () => {
        list.unsigned(indexBytes)
        return { offset: base + list.unsigned(offsetBytes), length: list.unsigned(lengthBytes) }
      }),
    )
  }
  return extents
}

/** The most extents of an item. Phones write one. */
const MAX_EXTENTS = 64

function readExtents(
  count: number,
  source: Extent['source'],
  next: () => { offset: number; length: number },
): Extent[] {
  if (count > MAX_EXTENTS) throw corrupt(`an item has ${count} extents, the limit is ${MAX_EXTENTS}`)
  return Array.from({ length: count }, () => ({ source, ...next() }))
}
