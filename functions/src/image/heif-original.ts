import { corrupt, NumberReader, unsupported } from './heif-boxes.ts'
import { type HeifItem, readHeifImage } from './heif-items.ts'
import { type Size, storedSize, TRANSFORMS, uprightSize } from './heif-size.ts'
import { configProperty, neededProperties, type WrittenItem, writeHeif } from './heif-writer.ts'
import { codedPicture, type HevcConfig, readHevcConfig } from './hevc.ts'
import { checkDimensions, checkSize } from './limits.ts'
import type { ImageFormat } from './sniff.ts'

/** A new HEIF file with the primary image of another one. `width` and `height` are upright. */
export type HeifOriginal = Size & { bytes: Buffer }

type Limits = { maxImageBytes: number; maxImagePixels: number }

/** The part of a file that `sniffFormat` reads. */
const FTYP_BYTES = 256
/**
 * Properties that a reader may ignore although they are marked as essential: they describe the image, or the
 * way in which it was coded.
 */
const IGNORED = new Set(['auxC', 'clli', 'cclv', 'colr', 'hvcC', 'ispe', 'mdcv', 'pasp', 'pixi', 'udes'])
/** Properties of which an item has one. Readers differ about which of several they use. */
const SINGLE = new Set(['hvcC', 'ispe', 'pixi', ...TRANSFORMS])
/** Pixels of tiles beyond the image: small images may have a whole tile. */
const MAX_SPARE_PIXELS = 1 << 21

/**
 * Copies the primary image of a HEIF file into a new file, which holds nothing else: only the coded picture,
 * the parameters that a decoder needs, and the position of the tiles. The pixels are not decoded.
 * Orientation comes from the container: EXIF orientation does not apply to HEIF (ISO/IEC 23008-12, A.2.1).
 * @throws VisionError `corrupt-image`, `file-too-large`, `too-many-pixels`, `bad-dimensions`;
 * `unsupported-type` for other codecs and derivations than tiles
 */
export function copyHeifOriginal(file: Buffer, format: ImageFormat, limits: Limits): HeifOriginal {
  const { primary, parts } = readHeifImage(file)
  for (const { properties } of [primary, ...parts]) checkProperties(properties)
  const size = uprightSize(primary.properties)
  // The decoder needs memory for the pixels outside the crop, too.
  for (const one of [storedSize(primary.properties), size]) checkDimensions(one, limits.maxImagePixels)
  const items = primary.type === 'grid' ? gridItems(primary, parts) : codedItems([primary])
  const bytes = writeHeif(brandsOf(file, format), items)
  checkSize(bytes.length, limits.maxImageBytes)
  return { ...size, bytes }
}

/** `heix` stands for more than 8 bits a channel. ISO/IEC 23008-12, B.4.1. */
function brandsOf(file: Buffer, format: ImageFormat): string[] {
  const codec = file.subarray(0, FTYP_BYTES).includes('heix') ? 'heix' : 'heic'
  return format === 'heic' ? [codec, 'mif1'] : ['mif1', codec]
}

function checkProperties(properties: HeifItem['properties']): void {
  const found = new Set<string>()
  for (const { type, essential } of properties) {
    // ISO/IEC 23008-12, 9.3.1: a reader must not show an item with an unknown essential property.
    if (essential && !TRANSFORMS.has(type) && !IGNORED.has(type)) {
      throw unsupported(`it has the essential property ${JSON.stringify(type)}`)
    }
    if (SINGLE.has(type) && found.has(type)) throw unsupported(`an item has two properties ${type}`)
    found.add(type)
  }
}

/** The grid and its tiles. */
function gridItems(primary: HeifItem, parts: HeifItem[]): WrittenItem[] {
  const grid = readGrid(primary)
  if (parts.some(({ properties }) => properties.some(({ type }) => TRANSFORMS.has(type)))) {
    throw unsupported('its tiles are rotated')
  }
  const types = parts.find(({ type }) => type !== 'hvc1')?.type
  if (types) throw unsupported(`its tiles are ${JSON.stringify(types)}`)
  checkTiles(
    grid,
    parts.map(({ properties }) => storedSize(properties)),
  )
  const properties = neededProperties(primary.properties, new Map())
  return [{ type: 'grid', properties, data: gridData(grid) }, ...codedItems(parts)]
}

/** Items that share their data or configuration also share them in the copy. */
function codedItems(items: HeifItem[]): WrittenItem[] {
  const configs = new Map<Buffer, HevcConfig & { property: Buffer }>()
  const pictures = new Map<Buffer, Buffer>()
  const written = new Map<Buffer, Buffer>()
  let lengthBytes: number | undefined
  return items.map(({ type, properties, data }): WrittenItem => {
    if (type !== 'hvc1') throw unsupported(`its primary item is ${JSON.stringify(type)}`)
    const hvcC = properties.find((property) => property.type === 'hvcC')?.body
    if (!hvcC) throw corrupt('an item has no hvcC property')
    let config = configs.get(hvcC)
    if (!config) {
      const read = readHevcConfig(hvcC)
      config = { ...read, property: configProperty(read.config) }
      configs.set(hvcC, config)
    }
    // Otherwise a file could have several copies of the same data.
    lengthBytes ??= config.lengthBytes
    if (config.lengthBytes !== lengthBytes) throw unsupported('its tiles have lengths of different sizes')
    checkCodedSize(storedSize(properties), config.size)
    const picture = pictures.get(data) ?? codedPicture(data, lengthBytes)
    pictures.set(data, picture)
    const others = neededProperties(properties, written)
    return {
      type: 'hvc1',
      properties: [{ box: config.property, essential: true }, ...others],
      data: picture,
    }
  })
}

/** A file with another size in its coded pictures would evade the pixel limit. */
function checkCodedSize(declared: Size, coded: Size): void {
  if (declared.width === coded.width && declared.height === coded.height) return
  const [one, other] = [declared, coded].map(({ width, height }) => `${width} x ${height}`)
  throw corrupt(`it declares ${one} pixels for a coded picture of ${other}`)
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
