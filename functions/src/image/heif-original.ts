import { corrupt, NumberReader, unsupported } from './heif-boxes.ts'
import { type HeifItem, readHeifImage } from './heif-items.ts'
import { type Size, storedSize, TRANSFORMS, uprightSize } from './heif-size.ts'
import { type WrittenItem, writeHeif, writtenProperties } from './heif-writer.ts'
import { codedPictures, readHevcConfig } from './hevc.ts'
import type { ImageFormat } from './sniff.ts'

/** A new HEIF file with the primary image of another one. `width` and `height` are upright. */
export type HeifOriginal = Size & { bytes: Buffer }

/**
 * Properties that a reader may ignore although they are marked as essential: they describe the image, or the
 * way in which it was coded.
 */
const IGNORED = new Set(['auxC', 'clli', 'cclv', 'colr', 'hvcC', 'ispe', 'mdcv', 'pasp', 'pixi', 'udes'])
/** The part of a file that `sniffFormat` reads. */
const FTYP_BYTES = 256
/** Encoders pad pictures to whole coding blocks. ITU-T H.265: at most 64 pixels. */
const MAX_PADDING = 63
/** Pixels of tiles beyond the image: small images may have a whole tile. */
const MAX_SPARE_PIXELS = 1 << 21

/**
 * Copies the primary image of a HEIF file into a new file, which holds nothing else: only the coded pictures,
 * the parameters that a decoder needs, and the position of the tiles. The pixels are not decoded.
 * Orientation comes from the container: EXIF orientation does not apply to HEIF (ISO/IEC 23008-12, A.2.1).
 * @throws VisionError `corrupt-image`; `unsupported-type` for other codecs and derivations than tiles
 */
export function copyHeifOriginal(file: Buffer, format: ImageFormat): HeifOriginal {
  const { primary, parts } = readHeifImage(file)
  checkEssential(primary)
  if (primary.type === 'hvc1') {
    const { item } = codedItem(primary)
    return { ...uprightSize(primary.properties), bytes: writeHeif(brandsOf(file, format), [item]) }
  }
  if (primary.type !== 'grid') throw unsupported(`its primary item is ${JSON.stringify(primary.type)}`)
  const grid = readGrid(primary)
  const tiles = parts.map((part) => {
    checkEssential(part)
    if (part.type !== 'hvc1') throw unsupported(`its tiles are ${JSON.stringify(part.type)}`)
    if (part.properties.some(({ type }) => TRANSFORMS.has(type))) throw unsupported('its tiles are rotated')
    return codedItem(part)
  })
  checkTiles(
    grid,
    tiles.map(({ size }) => size),
  )
  const canvas: WrittenItem = {
    type: 'grid',
    properties: writtenProperties(primary.properties),
    data: gridData(grid),
  }
  const items = [canvas, ...tiles.map(({ item }) => item)]
  return { ...uprightSize(primary.properties), bytes: writeHeif(brandsOf(file, format), items) }
}

/** `heix` stands for more than 8 bits a channel. ISO/IEC 23008-12, B.4.1. */
function brandsOf(file: Buffer, format: ImageFormat): string[] {
  const codec = file.subarray(0, FTYP_BYTES).includes('heix') ? 'heix' : 'heic'
  return format === 'heic' ? [codec, 'mif1'] : ['mif1', codec]
}

/** ISO/IEC 23008-12, 9.3.1: a reader must not show an item with an essential property that it does not know. */
function checkEssential({ properties }: HeifItem): void {
  for (const { type, essential } of properties) {
    if (essential && !TRANSFORMS.has(type) && !IGNORED.has(type)) {
      throw unsupported(`it has the essential property ${JSON.stringify(type)}`)
    }
  }
}

function codedItem({ properties, data }: HeifItem): { item: WrittenItem; size: Size } {
  const hvcC = properties.find(({ type }) => type === 'hvcC')
  if (!hvcC) throw corrupt('an item has no hvcC property')
  const config = readHevcConfig(hvcC.body)
  const size = storedSize(properties)
  // A file with another size in its coded pictures would evade the pixel limit.
  if (isPadded(size.width, config.size.width) && isPadded(size.height, config.size.height)) {
    const written = writtenProperties(properties, config.config)
    return { item: { type: 'hvc1', properties: written, data: codedPictures(data, config) }, size }
  }
  const [declared, coded] = [size, config.size].map(({ width, height }) => `${width} x ${height}`)
  throw corrupt(`it declares ${declared} pixels for a coded picture of ${coded}`)
}

function isPadded(declared: number, coded: number): boolean {
  return coded >= declared && coded - declared <= MAX_PADDING
}

type Grid = Size & { rows: number; columns: number }

/** ISO/IEC 23008-12, 6.6.2.3.2. */
function readGrid({ data, properties }: HeifItem): Grid {
  const reader = new NumberReader(data, 'grid')
  if (reader.unsigned(1) !== 0) throw unsupported('its grid has an unknown version')
  const bytes = reader.unsigned(1) & 1 ? 4 : 2
  const [rows, columns] = [reader.unsigned(1) + 1, reader.unsigned(1) + 1]
  const grid = { rows, columns, width: reader.unsigned(bytes), height: reader.unsigned(bytes) }
  const size = storedSize(properties)
  if (size.width !== grid.width || size.height !== grid.height) {
    throw corrupt(
      `its grid has ${grid.width} x ${grid.height} pixels, its item ${size.width} x ${size.height}`,
    )
  }
  return grid
}

function gridData({ rows, columns, width, height }: Grid): Buffer {
  const data = Buffer.alloc(12)
  data.set([0, 1, rows - 1, columns - 1])
  data.writeUInt32BE(width, 4)
  data.writeUInt32BE(height, 8)
  return data
}

/** Tiles of equal size must cover the image, and each must be visible (6.6.2.3.1). */
function checkTiles({ rows, columns, width, height }: Grid, tiles: Size[]): void {
  const first = tiles[0]
  if (!first || tiles.length !== rows * columns) {
    throw corrupt(`its grid has ${tiles.length} tiles instead of ${rows * columns}`)
  }
  if (tiles.some((tile) => tile.width !== first.width || tile.height !== first.height)) {
    throw corrupt('its tiles have different sizes')
  }
  const [wide, high] = [columns * first.width, rows * first.height]
  if (wide < width || high < height) throw corrupt('its tiles do not cover the image')
  if (wide - first.width >= width || high - first.height >= height) throw corrupt('it has invisible tiles')
  if (wide * high > 2 * width * height + MAX_SPARE_PIXELS)
    throw corrupt('its tiles are larger than the image')
}
