import { readFileSync } from 'node:fs'
import { box } from '../../support/heif-boxes.ts'

/** 1200 x 800 pixels; one item, whose boxes and data are used unchanged. */
const HEIC = readFileSync(new URL('../../fixtures/four-shapes.heic', import.meta.url))

/** Of one tile. */
export const TILE_SIZE = { width: 1200, height: 800 }

type Size = { width: number; height: number }

/**
 * An image of rows and columns of one tile, `grid` of ISO/IEC 23008-12, 6.6.2.3: as many items as tiles,
 * which all have their data in the same place and are decoded one by one.
 * @param size of the image: tiles outside it are cut off
 */
export function heifGrid(rows: number, columns: number, size: Size): Buffer {
  return nestedHeifGrids([{ rows, columns, size }])
}

/**
 * Grids of grids: each grid consists of all items of the next level, so that every level multiplies the tiles
 * that are decoded by its number of items. The last level consists of tiles.
 */
export function nestedHeifGrids(levels: { rows: number; columns: number; size: Size }[]): Buffer {
  let nextId = 1
  const takeIds = (count: number) => Array.from({ length: count }, () => nextId++)
  const grids: { id: number; level: number; parts: number[]; data: Buffer }[] = []
  let ids = takeIds(1)
  for (const [level, { rows, columns, size }] of levels.entries()) {
    const parts = takeIds(rows * columns)
    const data = Buffer.concat([
      Buffer.from([0, 1, rows - 1, columns - 1]),
      numbers(4, size.width, size.height),
    ])
    for (const id of ids) grids.push({ id, level, parts, data })
    ids = parts
  }
  const tiles = ids
  const items = grids.length + tiles.length
  const tile = HEIC.subarray(HEIC.indexOf('mdat') + 4)
  const gridBytes = grids[0]!.data.length
  const properties = (start: number) =>
    box(
      'meta',
      numbers(4, 0),
      boxOf('hdlr'),
      full('pitm', 0, numbers(2, grids[0]!.id)),
      // Version 1: item, method, data reference, base, one extent of offset and length.
      full(
        'iloc',
        1,
        Buffer.from([0x44, 0]),
        numbers(2, items),
        ...grids.map(({ id }, index) => place(id, start + 8 + tile.length + index * gridBytes, gridBytes)),
        ...tiles.map((id) => place(id, start + 8, tile.length)),
      ),
      full(
        'iinf',
        0,
        numbers(2, items),
        ...grids.map(({ id, level }) => item(id, 'grid', level > 0)),
        ...tiles.map((id) => item(id, 'hvc1', true)),
      ),
      full('iref', 0, ...grids.map(({ id, parts }) => box('dimg', numbers(2, id, parts.length, ...parts)))),
      box(
        'iprp',
        box(
          'ipco',
          boxOf('hvcC'),
          boxOf('ispe'),
          boxOf('pixi'),
          ...levels.map(({ size }) => full('ispe', 0, numbers(4, size.width, size.height))),
        ),
        full(
          'ipma',
          0,
          numbers(4, items),
          ...grids.map(({ id, level }) => association(id, 4 + level, 3)),
          ...tiles.map((id) => association(id, 0x81, 2, 3)),
        ),
      ),
    )
  const ftyp = HEIC.subarray(0, HEIC.readUInt32BE(0))
  const start = ftyp.length + properties(0).length
  return Buffer.concat([ftyp, properties(start), box('mdat', tile, ...grids.map(({ data }) => data))])
}

function boxOf(type: string): Buffer {
  const at = HEIC.indexOf(type) - 4
  return HEIC.subarray(at, at + HEIC.readUInt32BE(at))
}

/** A box with a version and without flags. */
function full(type: string, version: number, ...bodies: Buffer[]): Buffer {
  return box(type, Buffer.from([version, 0, 0, 0]), ...bodies)
}

function item(id: number, type: string, isHidden: boolean): Buffer {
  const flags = isHidden ? 1 : 0
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
