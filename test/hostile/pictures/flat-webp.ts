import { BitWriter } from './bit-writer.ts'

/**
 * A lossless WebP of one colour: each of its five codes has one symbol of zero bits, so an image of any size
 * takes about thirty bytes. RFC 9649, 2.6 and 3.
 */
export function flatWebp(width: number, height: number): Buffer {
  const writer = header(width, height)
  // No transform, no colour cache, one group of codes.
  writer.put(0, 1 + 1 + 1)
  putGroup(writer)
  return riff('VP8L', writer.bytes())
}

/**
 * A WebP of a megapixel in which each tile of 4 x 4 pixels has its own codes: 65,536 groups of five, of one
 * symbol each. Decoders build tables for all of them. RFC 9649, 3.7.2.2.
 */
export function tiledWebp(): Buffer {
  const writer = header(1024, 1024)
  writer.put(0, 1 + 1)
  putTiles(writer)
  return riff('VP8L', writer.bytes())
}

/** The same as the alpha channel of a lossy image. RFC 9649, 2.7.1.2. */
export function tiledAlphaWebp(colours: Buffer): Buffer {
  const writer = new BitWriter()
  // Lossless compression, no filter.
  writer.put(1, 8)
  writer.put(0, 1 + 1)
  putTiles(writer)
  const extended = Buffer.alloc(10)
  extended[0] = 0x10
  extended.writeUIntLE(1023, 4, 3)
  extended.writeUIntLE(1023, 7, 3)
  return riff('VP8X', extended, riffChunk('ALPH', writer.bytes()), colours.subarray(12))
}

/** A chunk. Data of odd length get a padding byte. RFC 9649, 2.3. */
export function riffChunk(name: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(data.length)
  return Buffer.concat([Buffer.from(name), length, data, Buffer.alloc(data.length & 1)])
}

function riff(name: string, data: Buffer, ...further: Buffer[]): Buffer {
  return riffChunk('RIFF', Buffer.concat([Buffer.from('WEBP'), riffChunk(name, data), ...further]))
}

/** Without alpha, version 0. */
function header(width: number, height: number): BitWriter {
  const writer = new BitWriter()
  writer.put(0x2f, 8)
  writer.put(width - 1, 14)
  writer.put(height - 1, 14)
  writer.put(0, 4)
  return writer
}

/** Five simple codes of the symbol 0. */
function putGroup(writer: BitWriter): void {
  for (let code = 0; code < 5; code++) {
    writer.put(1, 1)
    writer.put(0, 3)
  }
}

/**
 * The tile size of 4 x 4 pixels, an image of the 256 x 256 tile numbers (red and green), and the codes of
 * each tile.
 */
function putTiles(writer: BitWriter): void {
  writer.put(1, 1)
  writer.put(0, 3 + 1)
  putFlatCode(writer, 280)
  putFlatCode(writer, 256)
  for (let code = 0; code < 3; code++) {
    writer.put(1, 1)
    writer.put(0, 3)
  }
  for (let tile = 0; tile < 65_536; tile++) writer.put(tile, 16)
  for (let tile = 0; tile < 65_536; tile++) putGroup(writer)
}

/** The first 256 symbols have 8 bits each, the others none. RFC 9649, 3.7.2.1.2. */
function putFlatCode(writer: BitWriter, size: number): void {
  writer.put(0, 1)
  writer.put(12 - 4, 4)
  for (const length of [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8])
    writer.put(length === 0 || length === 8 ? 1 : 0, 3)
  writer.put(0, 1)
  for (let symbol = 0; symbol < size; symbol++) writer.put(symbol < 256 ? 1 : 0, 1)
}
