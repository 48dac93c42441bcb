import { BitReader } from './bit-reader.ts'
import { readPrefixCode } from './prefix-code.ts'

type Size = { width: number; height: number }

const LITERALS = 256
const LENGTHS = 24
const DISTANCES = 40
const [PREDICTOR, COLOUR, , INDEXING] = [0, 1, 2, 3]

/**
 * How many tiles the lossless data of a WebP are cut into at most. Each may have prefix codes of its own, whose tables take decoders
 * some 6 kB: 65,536 of them, in a picture of 300 kB and one megapixel, 370 MB (libwebp in libvips 8.18). Nothing is decoded but what
 * stands before that number; what is damaged is left for the decoder to refuse. The bytes may be anything.
 * RFC 9649, 2 (container) and 3 (lossless data). Of an animation the first frame is looked at, which is what is decoded.
 */
export function countWebpTiles(webp: Buffer): number {
  return tilesIn(webp.subarray(12), { width: 0, height: 0 })
}

function tilesIn(chunks: Buffer, around: Size): number {
  let size = around
  let most = 0
  let frames = 0
  for (let at = 0; at + 8 <= chunks.length; ) {
    const name = chunks.toString('latin1', at, at + 4)
    const length = chunks.readUInt32LE(at + 4)
    const content = chunks.subarray(at + 8, at + 8 + length)
    if (name === 'VP8X' && content.length >= 10) size = sizeAt(content, 4)
    if (name === 'VP8L') most = Math.max(most, tilesOfPicture(content))
    // Its two lowest bits tell whether alpha is compressed in the same way.
    if (name === 'ALPH' && (content[0]! & 3) === 1)
      most = Math.max(most, tilesOf(new BitReader(content.subarray(1)), size))
    if (name === 'ANMF' && content.length >= 16 && frames++ === 0) {
      most = Math.max(most, tilesIn(content.subarray(16), sizeAt(content, 6)))
    }
    at += 8 + length + (length & 1)
  }
  return most
}

/** Two numbers of 24 bits, less one. */
function sizeAt(content: Buffer, at: number): Size {
  return { width: content.readUIntLE(at, 3) + 1, height: content.readUIntLE(at + 3, 3) + 1 }
}

function tilesOfPicture(content: Buffer): number {
  const reader = new BitReader(content)
  // A signature; after the size whether there is alpha, and the version. 3.4.
  reader.bits(8)
  const size = { width: reader.bits(14) + 1, height: reader.bits(14) + 1 }
  reader.bits(4)
  return tilesOf(reader, size)
}

function tilesOf(reader: BitReader, { width, height }: Size): number {
  let columns = width
  // Each kind may occur once. 3.5.
  for (let transforms = 0; transforms < 4 && reader.bit() === 1; transforms++) {
    const kind = reader.bits(2)
    if (kind === PREDICTOR || kind === COLOUR)
      skipPixels(reader, tileCount(columns, height, reader.bits(3) + 2))
    if (kind === INDEXING) {
      const colours = reader.bits(8) + 1
      skipPixels(reader, colours)
      columns = Math.ceil(columns / pixelsInOne(colours))
    }
  }
  readCacheSize(reader)
  if (reader.bit() === 0 || reader.overrun) return 1
  return tileCount(columns, height, reader.bits(3) + 2)
}

function tileCount(width: number, height: number, bits: number): number {
  return Math.ceil(width / 2 ** bits) * Math.ceil(height / 2 ** bits)
}

/** Of pictures of few colours several pixels are told at once. 3.5.4. */
function pixelsInOne(colours: number): number {
  if (colours <= 2) return 8
  if (colours <= 4) return 4
  return colours <= 16 ? 2 : 1
}

function readCacheSize(reader: BitReader): number {
  return reader.bit() === 1 ? 2 ** reader.bits(4) : 0
}

/** A picture within the picture, of one set of codes. Only how many pixels a symbol stands for is of interest. 3.7.3. */
function skipPixels(reader: BitReader, count: number): void {
  const cache = readCacheSize(reader)
  const sizes = [LITERALS + LENGTHS + cache, LITERALS, LITERALS, LITERALS, DISTANCES]
  const [green, red, blue, alpha, distance] = sizes.map((size) => readPrefixCode(reader, size))
  for (let pixels = 0; pixels < count && !reader.overrun; ) {
    const symbol = green!.read(reader)
    if (symbol < 0) return
    if (symbol < LITERALS) {
      for (const code of [red!, blue!, alpha!]) code.read(reader)
      pixels++
    } else if (symbol < LITERALS + LENGTHS) {
      pixels += readLength(reader, symbol - LITERALS)
      readLength(reader, distance!.read(reader))
    } else pixels++
  }
}

/** 3.6.2.2. */
function readLength(reader: BitReader, symbol: number): number {
  if (symbol < 4) return symbol + 1
  const extra = (symbol - 2) >> 1
  return ((2 + (symbol & 1)) << extra) + reader.bits(extra) + 1
}
