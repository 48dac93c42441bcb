import { NumberReader } from './heif-boxes.ts'
import type { AssociatedProperty } from './heif-items.ts'
import { TRANSFORMS } from './heif-size.ts'

// Writes HEIF files: ISO/IEC 23008-12, with boxes of ISO/IEC 14496-12.

/** An item to write; its properties are complete boxes. */
export type WrittenItem = {
  type: 'hvc1' | 'grid'
  properties: { box: Buffer; essential: boolean }[]
  data: Buffer
}

/** The bytes of the properties that are copied. The others are not copied. */
const COPIED_BYTES: Partial<Record<string, number>> = { ispe: 12, irot: 1, imir: 1, clap: 32 }
/** The bits that have a meaning, for properties of one byte. */
const BITS: Partial<Record<string, number>> = { irot: 3, imir: 1 }
const VERSION_AND_FLAGS = Buffer.alloc(4)
const NCLX_BYTES = 11
const MAX_CHANNELS = 4

export function configProperty(config: Buffer): Buffer {
  return box('hvcC', config)
}

/**
 * The properties that a decoder needs besides `hvcC`, each without the bytes that it does not need. Their
 * order is kept.
 * @param known properties by their old body, which items may share; it is extended
 */
export function neededProperties(
  properties: readonly AssociatedProperty[],
  known: Map<Buffer, Buffer>,
): WrittenItem['properties'] {
  const written: WrittenItem['properties'] = []
  let hasColours = false
  for (const { type, body } of properties) {
    if (type === 'colr' && hasColours) continue
    const needed = known.get(body) ?? neededBytes(type, body)
    if (!needed) continue
    known.set(body, needed)
    hasColours ||= type === 'colr'
    written.push({ box: needed, essential: TRANSFORMS.has(type) })
  }
  return written
}

function neededBytes(type: string, body: Buffer): Buffer | undefined {
  const bytes = COPIED_BYTES[type]
  if (bytes !== undefined) {
    const needed = new NumberReader(body, type).slice(bytes)
    const mask = BITS[type]
    if (mask !== undefined) return box(type, Buffer.from([needed[0]! & mask]))
    return type === 'ispe' ? box(type, VERSION_AND_FLAGS, needed.subarray(4)) : box(type, needed)
  }
  // Numbers only: an ICC profile has texts and can have the names of devices and people.
  if (type === 'colr' && body.toString('latin1', 0, 4) === 'nclx' && body.length >= NCLX_BYTES) {
    // Primaries, transfer, matrix, and a bit for the full range. ISO/IEC 14496-12, 12.1.5.
    return box(type, body.subarray(0, 10), Buffer.from([body[10]! & 0x80]))
  }
  const channels = body[4] ?? 0
  if (type !== 'pixi' || channels === 0 || channels > MAX_CHANNELS || body.length < 5 + channels)
    return undefined
  return box(type, VERSION_AND_FLAGS, body.subarray(4, 5 + channels))
}

/**
 * @param brands the major brand first
 * @param items the first is the primary item; if it is a grid, the others are its tiles
 */
export function writeHeif(brands: readonly string[], items: readonly WrittenItem[]): Buffer {
  const properties = new Properties()
  const associations = items.map((item, index) => properties.associate(index + 1, item))
  const iprp = box(
    'iprp',
    box('ipco', ...properties.boxes),
    full('ipma', 1, number(4, items.length), ...associations),
  )
  const infos = items.map(({ type }, index) => infe(index + 1, type, index > 0))
  const tiles = items.slice(1).map((_, index) => index + 2)
  const ftyp = box('ftyp', Buffer.from(`${brands[0]}\0\0\0\0${brands.join('')}`))
  const { pieces, places } = arrange(items)
  const meta = (start: number) =>
    box(
      'meta',
      number(4, 0),
      full('hdlr', 0, number(4, 0), Buffer.from('pict'), Buffer.alloc(13)),
      full('pitm', 0, number(2, 1)),
      full(
        'iloc',
        0,
        Buffer.from([0x44, 0]),
        number(2, items.length),
        ...places.map((place) => locate(place, start)),
      ),
      full('iinf', 0, number(2, items.length), ...infos),
      ...(tiles.length > 0 ? [full('iref', 0, box('dimg', number(2, 1, tiles.length, ...tiles)))] : []),
      iprp,
    )
  const header = ftyp.length + meta(0).length + 8
  return Buffer.concat([ftyp, meta(header), box('mdat', ...pieces)])
}

type Place = { id: number; offset: number; length: number }

/** Items with the same data share it. */
function arrange(items: readonly WrittenItem[]): { pieces: Buffer[]; places: Place[] } {
  const offsets = new Map<Buffer, number>()
  let end = 0
  const places = items.map(({ data }, index) => {
    const offset = offsets.get(data) ?? end
    if (offset === end) end += data.length
    offsets.set(data, offset)
    return { id: index + 1, offset, length: data.length }
  })
  return { pieces: [...offsets.keys()], places }
}

/** Version 0: item, data reference (this file), one extent. */
function locate({ id, offset, length }: Place, start: number): Buffer {
  return Buffer.concat([number(2, id, 0, 1), number(4, start + offset, length)])
}

function infe(id: number, type: string, hidden: boolean): Buffer {
  // Item, no protection, type, no name. The flag hides the tiles.
  const body = Buffer.concat([number(2, id, 0), Buffer.from(`${type}\0`)])
  return box('infe', Buffer.from([2, 0, 0, hidden ? 1 : 0]), body)
}

/** Equal properties of several items are written once. */
class Properties {
  private readonly indexes = new Map<string, number>()
  /** The same buffer is compared with the others once. */
  private readonly known = new Map<Buffer, number>()
  readonly boxes: Buffer[] = []

  /** An entry of `ipma` with indexes of 15 bits. */
  associate(id: number, { properties }: WrittenItem): Buffer {
    const places = properties.map(
      ({ box: bytes, essential }) => (essential ? 0x8000 : 0) | this.indexOf(bytes),
    )
    return Buffer.concat([number(2, id), Buffer.from([places.length]), number(2, ...places)])
  }

  private indexOf(bytes: Buffer): number {
    const known = this.known.get(bytes)
    if (known !== undefined) return known
    const key = bytes.toString('latin1')
    const index = this.indexes.get(key) ?? this.boxes.push(bytes)
    this.indexes.set(key, index)
    this.known.set(bytes, index)
    return index
  }
}

function box(type: string, ...bodies: Buffer[]): Buffer {
  const header = Buffer.alloc(8)
  header.writeUInt32BE(bodies.reduce((sum, body) => sum + body.length, 8))
  header.write(type, 4, 'latin1')
  return Buffer.concat([header, ...bodies])
}

/** A box with version 0. */
function full(type: string, flags: number, ...bodies: Buffer[]): Buffer {
  return box(type, number(4, flags), ...bodies)
}

function number(bytes: 2 | 4, ...values: number[]): Buffer {
  const buffer = Buffer.alloc(values.length * bytes)
  values.forEach((value, index) => buffer.writeUIntBE(value, index * bytes, bytes))
  return buffer
}
