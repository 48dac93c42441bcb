import { readFileSync } from 'node:fs'
import { box } from './heif-boxes.ts'

const FIXTURE = readFileSync(new URL('../fixtures/four-shapes.heic', import.meta.url))

/** The parts of the fixture: 1200 x 800 pixels in one item. */
export const SHAPES = {
  hvcC: boxOf('hvcC'),
  ispe: boxOf('ispe'),
  pixi: boxOf('pixi'),
  coded: FIXTURE.subarray(FIXTURE.indexOf('mdat') + 4),
}

export type Item = {
  id: number
  type: string
  /** In the order of `ipma`; essential if the box is a transformation or `hvcC`. */
  properties?: Buffer[]
  data: Buffer
  name?: string
  /** The items of references, by type. */
  references?: Record<string, number[]>
  /** Where the data is. Default: `mdat`. */
  place?: 'mdat' | 'idat'
  /** Changes the entry of `iloc`. */
  method?: number
  dataReference?: number
}

type Options = {
  primary?: number
  brand?: string
  /** More children of `meta`. */
  metaBoxes?: Buffer[]
  /** Boxes before `meta`. */
  before?: Buffer[]
  /** Bytes within `mdat` that belong to no item. */
  stray?: Buffer
  after?: Buffer[]
  handlerName?: string
}

/** A HEIF file of any items. The first one is the primary item by default. */
export function heifFile(items: Item[], options: Options = {}): Buffer {
  const { primary = items[0]!.id, brand = 'heic', metaBoxes = [], before = [], after = [] } = options
  const { stray = Buffer.alloc(0), handlerName = '' } = options
  const ftyp = box('ftyp', Buffer.from(`${brand}\0\0\0\0mif1heic`))
  const properties = [...new Set(items.flatMap((item) => item.properties ?? []))]
  const offsets = { mdat: stray.length, idat: 0 }
  const placed = items.map((item) => {
    const { place = 'mdat', data } = item
    const offset = offsets[place]
    offsets[place] += data.length
    return { item, place, offset }
  })
  const of = (place: string) =>
    items.filter((item) => (item.place ?? 'mdat') === place).map(({ data }) => data)
  const meta = (start: number) =>
    box(
      'meta',
      numbers(4, 0),
      full('hdlr', 0, numbers(4, 0), Buffer.from('pict'), Buffer.alloc(12), Buffer.from(`${handlerName}\0`)),
      full('pitm', 0, numbers(2, primary)),
      full(
        'iloc',
        1,
        Buffer.from([0x44, 0]),
        numbers(2, items.length),
        ...placed.map(({ item, place, offset }) =>
          Buffer.concat([
            numbers(2, item.id, item.method ?? (place === 'idat' ? 1 : 0), item.dataReference ?? 0, 1),
            numbers(4, place === 'idat' ? offset : start + offset, item.data.length),
          ]),
        ),
      ),
      full(
        'iinf',
        0,
        numbers(2, items.length),
        ...items.map(({ id, type, name = '' }) =>
          box('infe', Buffer.from([2, 0, 0, 0]), numbers(2, id, 0), Buffer.from(`${type}${name}\0`)),
        ),
      ),
      full(
        'iref',
        0,
        ...items.flatMap(({ id, references = {} }) =>
          Object.entries(references).map(([type, to]) => box(type, numbers(2, id, to.length, ...to))),
        ),
      ),
      box(
        'iprp',
        box('ipco', ...properties),
        full(
          'ipma',
          0,
          numbers(4, items.length),
          ...items.map(({ id, properties: own = [] }) =>
            Buffer.concat([
              numbers(2, id),
              Buffer.from([own.length, ...own.map((property) => indexOf(property, properties))]),
            ]),
          ),
        ),
      ),
      ...(of('idat').length > 0 ? [box('idat', ...of('idat'))] : []),
      ...metaBoxes,
    )
  const header = Buffer.concat([ftyp, ...before])
  const start = header.length + meta(0).length + 8
  return Buffer.concat([header, meta(start), box('mdat', stray, ...of('mdat')), ...after])
}

const ESSENTIAL = new Set(['hvcC', 'clap', 'irot', 'imir', 'odd!'])

function indexOf(property: Buffer, properties: Buffer[]): number {
  const essential = ESSENTIAL.has(property.toString('latin1', 4, 8)) ? 0x80 : 0
  return essential | (properties.indexOf(property) + 1)
}

/** The fixture as an item, with further properties after its own. */
export function shapes(id: number, ...more: Buffer[]): Item {
  return {
    id,
    type: 'hvc1',
    properties: [SHAPES.hvcC, SHAPES.ispe, SHAPES.pixi, ...more],
    data: SHAPES.coded,
  }
}

/** Anticlockwise quarter turns. */
export const irot = (turns: number) => box('irot', Buffer.from([turns]))
/** 0: top and bottom change places; 1: left and right. ISO/IEC 23008-12:2022, 6.5.12. */
export const imir = (axis: number) => box('imir', Buffer.from([axis]))
export const ispe = (width: number, height: number) => full('ispe', 0, numbers(4, width, height))

/** A crop. The offset is from centre to centre, in halves of pixels. */
export function clap(width: number, height: number, right2 = 0, down2 = 0): Buffer {
  const body = numbers(4, width, 1, height, 1, 0, 2, 0, 2)
  body.writeInt32BE(right2, 16)
  body.writeInt32BE(down2, 24)
  return box('clap', body)
}

/** Data of a `grid` item. */
export function gridOf(rows: number, columns: number, width: number, height: number): Buffer {
  return Buffer.concat([Buffer.from([0, 0, rows - 1, columns - 1]), numbers(2, width, height)])
}

/** A box with a version and without flags. */
export function full(type: string, version: number, ...bodies: Buffer[]): Buffer {
  return box(type, Buffer.from([version, 0, 0, 0]), ...bodies)
}

export function numbers(bytes: 2 | 4, ...values: number[]): Buffer {
  const buffer = Buffer.alloc(values.length * bytes)
  values.forEach((value, index) => buffer.writeUIntBE(value, index * bytes, bytes))
  return buffer
}

function boxOf(type: string): Buffer {
  const at = FIXTURE.indexOf(type) - 4
  return FIXTURE.subarray(at, at + FIXTURE.readUInt32BE(at))
}
