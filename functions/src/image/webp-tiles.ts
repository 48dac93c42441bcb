type Size = { width: number; height: number }
/** Reads the next symbol of a prefix code; -1 if the bits are not a symbol. */
type ReadSymbol = () => number

const LITERALS = 256
const LENGTHS = 24
const DISTANCES = 40
const [PREDICTOR, COLOUR, , INDEXING] = [0, 1, 2, 3]
const MAX_CODE_LENGTH = 15
/** The order in which a file stores the lengths of the code for code lengths. RFC 9649, 3.7.2.1.2. */
const LENGTH_ORDER = [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]
/** Symbols that repeat a code length: the minimum count, and the number of bits that are added to it. */
const REPEATS: Record<number, [minimum: number, bits: number]> = { 16: [3, 2], 17: [3, 3], 18: [11, 7] }

/**
 * The number of tiles that the lossless data of a WebP is cut into. Every tile may have its own prefix codes,
 * and libwebp (1.6) allocates 6 to 17 kB of tables for each: 65,536 tiles in a 15 MB file take 1 GB, whatever
 * the size of the picture. Decodes only what precedes that number. Damaged files are left to the decoder; the
 * bytes may be anything. RFC 9649, 2 (container) and 3 (lossless data). Of an animation, only the first frame
 * is read, which is the frame we decode.
 */
export function countWebpTiles(webp: Buffer): number {
  return tilesIn(webp.subarray(12), { width: 0, height: 0 })
}

function tilesIn(chunks: Buffer, canvas: Size): number {
  let size = canvas
  let most = 0
  let frames = 0
  for (let at = 0; at + 8 <= chunks.length; ) {
    const name = chunks.toString('latin1', at, at + 4)
    const length = chunks.readUInt32LE(at + 4)
    const content = chunks.subarray(at + 8, at + 8 + length)
    if (name === 'VP8X' && content.length >= 10) size = sizeAt(content, 4)
    if (name === 'VP8L') most = Math.max(most, new LosslessHeader(content).tilesOfImage())
    // The two lowest bits are the compression method; 1 is lossless.
    if (name === 'ALPH' && (content[0]! & 3) === 1)
      most = Math.max(most, new LosslessHeader(content.subarray(1)).tiles(size))
    if (name === 'ANMF' && content.length >= 16 && frames++ === 0) {
      most = Math.max(most, tilesIn(content.subarray(16), sizeAt(content, 6)))
    }
    at += 8 + length + (length & 1)
  }
  return most
}

/** Two numbers of 24 bits, each stored minus one. */
function sizeAt(content: Buffer, at: number): Size {
  return { width: content.readUIntLE(at, 3) + 1, height: content.readUIntLE(at + 3, 3) + 1 }
}

function tileCount(width: number, height: number, bits: number): number {
  return Math.ceil(width / 2 ** bits) * Math.ceil(height / 2 ** bits)
}

/** Reads lossless data up to the size of its tiles. */
class LosslessHeader {
  private readonly bytes: Buffer
  private at = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  /** Of a VP8L chunk. 3.4: a signature, the size, whether there is alpha, and the version. */
  tilesOfImage(): number {
    this.bits(8)
    const size = { width: this.bits(14) + 1, height: this.bits(14) + 1 }
    this.bits(4)
    return this.tiles(size)
  }

  tiles({ width, height }: Size): number {
    let columns = width
    // Each of the four transforms may occur once. 3.5.
    for (let transforms = 0; transforms < 4 && this.bit() === 1; transforms++) {
      const kind = this.bits(2)
      if (kind === PREDICTOR || kind === COLOUR) this.skipPixels(tileCount(columns, height, this.bits(3) + 2))
      if (kind === INDEXING) {
        const colours = this.bits(8) + 1
        this.skipPixels(colours)
        // A pixel of few colours takes a part of a byte. 3.5.4.
        columns = Math.ceil(columns / (colours <= 2 ? 8 : colours <= 4 ? 4 : colours <= 16 ? 2 : 1))
      }
    }
    this.colourCacheSize()
    if (this.bit() === 0 || this.overrun) return 1
    return tileCount(columns, height, this.bits(3) + 2)
  }

  private get overrun(): boolean {
    return this.at > this.bytes.length * 8
  }

  /** The lowest bit of each byte first; zeros after the end. 3.2. */
  private bit(): number {
    const byte = this.bytes[this.at >> 3] ?? 0
    return (byte >> (this.at++ & 7)) & 1
  }

  private bits(count: number): number {
    let value = 0
    for (let i = 0; i < count; i++) value |= this.bit() << i
    return value
  }

  private colourCacheSize(): number {
    return this.bit() === 1 ? 2 ** this.bits(4) : 0
  }

  /**
   * Skips an image within the image, which has one set of codes. Only the number of pixels of a symbol
   * matters. 3.7.3.
   */
  private skipPixels(count: number): void {
    const sizes = [LITERALS + LENGTHS + this.colourCacheSize(), LITERALS, LITERALS, LITERALS, DISTANCES]
    const [green, red, blue, alpha, distance] = sizes.map((size) => this.prefixCode(size))
    for (let pixels = 0; pixels < count && !this.overrun; ) {
      const symbol = green!()
      if (symbol < 0) return
      if (symbol >= LITERALS && symbol < LITERALS + LENGTHS) {
        pixels += this.length(symbol - LITERALS)
        this.length(distance!())
      } else {
        pixels++
        if (symbol < LITERALS) for (const read of [red!, blue!, alpha!]) read()
      }
    }
  }

  /** A length or distance. 3.6.2.2. */
  private length(symbol: number): number {
    if (symbol < 4) return symbol + 1
    const extra = (symbol - 2) >> 1
    return ((2 + (symbol & 1)) << extra) + this.bits(extra) + 1
  }

  /** 3.7.2.1. @param size of the alphabet */
  private prefixCode(size: number): ReadSymbol {
    return this.reader(this.bit() === 1 ? this.simpleLengths() : this.normalLengths(size))
  }

  private simpleLengths(): Uint8Array {
    const lengths = new Uint8Array(LITERALS)
    const hasTwo = this.bit() === 1
    lengths[this.bits(this.bit() === 1 ? 8 : 1)] = 1
    if (hasTwo) lengths[this.bits(8)] = 1
    return lengths
  }

  private normalLengths(size: number): Uint8Array {
    const ofLengths = new Uint8Array(LENGTH_ORDER.length)
    const stored = 4 + this.bits(4)
    for (let i = 0; i < stored; i++) ofLengths[LENGTH_ORDER[i]!] = this.bits(3)
    const readLength = this.reader(ofLengths)
    let left = this.bit() === 1 ? 2 + this.bits(2 + 2 * this.bits(3)) : size
    const lengths = new Uint8Array(size)
    let previous = 8
    for (let symbol = 0; symbol < size && left-- > 0 && !this.overrun; ) {
      const length = readLength()
      if (length < 0) break
      const [minimum, bits] = REPEATS[length] ?? [1, 0]
      if (length > 0 && length < 16) previous = length
      const end = symbol + minimum + this.bits(bits)
      lengths.fill(length > 16 ? 0 : length === 16 ? previous : length, symbol, end)
      symbol = end
    }
    return lengths
  }

  /** A canonical prefix code from the length of each symbol's code. */
  private reader(lengths: Uint8Array): ReadSymbol {
    // Indexed by a 1 and the bits of the code, so that codes of different lengths are different numbers.
    const symbols = new Int16Array(2 << MAX_CODE_LENGTH).fill(-1)
    const used = [...lengths.keys()].filter((symbol) => lengths[symbol]! > 0)
    // A code of one symbol takes no bits.
    if (used.length <= 1) return () => used[0] ?? 0
    for (let length = 1, code = 0; length <= MAX_CODE_LENGTH; length++, code <<= 1) {
      for (const symbol of used) if (lengths[symbol] === length) symbols[(1 << length) | code++] = symbol
    }
    return () => {
      let found = -1
      for (let code = 1; found < 0 && code < 1 << MAX_CODE_LENGTH; ) {
        code = (code << 1) | this.bit()
        found = symbols[code]!
      }
      return found
    }
  }
}
