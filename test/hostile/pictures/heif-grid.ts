import { readFileSync } from 'node:fs'
import { box } from '../../support/heif-boxes.ts'

/** 1200 x 800 pixels; one item, whose boxes and data are used as they are. */
const HEIC = readFileSync(new URL('../../fixtures/four-shapes.heic', import.meta.url))

/**
 * A picture of rows and columns of one and the same tile, `grid` of ISO/IEC 23008-12, 6.6.2.3: as many items as tiles, which all have
 * their data in the same place, and are decoded one by one.
 * @param size of the picture: what of the tiles lies outside is cut off
 */
export function heifGrid(rows: number, columns: number, size: { width: number; height: number }): Buffer {
  const tiles = Array.from({ length: rows * columns }, (_, index) => index + 1)
  const gridId = tiles.length + 1
  const tile = HEIC.subarray(HEIC.indexOf('mdat') + 4)
  const grid = Buffer.concat([
    Buffer.from([0, 1, rows - 1, columns - 1]),
    numbers(4, size.width, size.height),
  ])
  const properties = (start: number) =>
    box(
      'meta',
      numbers(4, 0),
      boxOf('hdlr'),
      full('pitm', 0, numbers(2, gridId)),
      // Version 1: item, method, data reference, base, one extent of offset and length.
      full(
        'iloc',
        1,
        Buffer.from([0x44, 0]),
        numbers(2, gridId),
        ...tiles.map((id) => place(id, start + 8, tile.length)),
        place(gridId, start + 8 + tile.length, grid.length),
      ),
      full('iinf', 0, numbers(2, gridId), ...tiles.map((id) => item(id, 'hvc1')), item(gridId, 'grid')),
      full('iref', 0, box('dimg', numbers(2, gridId, tiles.length, ...tiles))),
      box(
        'iprp',
        box(
          'ipco',
          boxOf('hvcC'),
          boxOf('ispe'),
          boxOf('pixi'),
          full('ispe', 0, numbers(4, size.width, size.height)),
        ),
        full(
          'ipma',
          0,
          numbers(4, gridId),
          ...tiles.map((id) => association(id, 0x81, 2, 3)),
          association(gridId, 4, 3),
        ),
      ),
    )
  const ftyp = HEIC.subarray(0, HEIC.readUInt32BE(0))
  const start = ftyp.length + properties(0).length
  return Buffer.concat([ftyp, properties(start), box('mdat', tile, grid)])
}

function boxOf(type: string): Buffer {
  const at = HEIC.indexOf(type) - 4
  return HEIC.subarray(at, at + HEIC.readUInt32BE(at))
}

/** With a version, and no flags. */
function full(type: string, version: number, ...bodies: Buffer[]): Buffer {
  return box(type, Buffer.from([version, 0, 0, 0]), ...bodies)
}

function item(id: number, type: string): Buffer {
  // Tiles are hidden: shown is what they are parts of.
  const flags = type === 'grid' ? 0 : 1
  return box('infe', Buffer.from([2, 0, 0, flags]), numbers(2, id, 0), Buffer.from(`${type}\0`))
}

function association(id: number, ...places: number[]): Buffer {
  return Buffer.concat([numbers(2, id), Buffer.from([places.length, ...places])])
}

/** Method 0, data reference 0, one extent. */
function place(id: number, at: number, length: number): Buffer {
  return Buffer.concat([numbers(2, id, 0, 0, 1), numbers(4, at, length)])
}

function numbers(bytes: 2 | 4, ...values: number[]): Buffer {
  const buffer = Buffer.alloc(values.length * bytes)
  values.forEach((value, index) => buffer.writeUIntBE(value, index * bytes, bytes))
  return buffer
}
