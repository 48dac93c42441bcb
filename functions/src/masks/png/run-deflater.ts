import { blockCodes, MAX_MATCH, MIN_MATCH } from './block-codes.ts'

/** RFC 1950, 8.2: the largest prime below 65536. */
const ADLER_MODULUS = 65521

/**
 * Writes a zlib stream (https://www.rfc-editor.org/rfc/rfc1950) of data given as runs of equal bytes. A run
 * is written as a literal and matches of distance 1, which repeat the byte before. zlib would need every byte
 * of the picture.
 */
export class RunDeflater {
  private bytes = new Uint8Array(4096)
  private lengths = new Uint32Array(4096)
  private runs = 0
  private byte = -1
  private length = 0
  private adlerA = 1
  private adlerB = 0
  private readonly literals = new Uint32Array(256)
  private readonly matches = new Uint32Array(MAX_MATCH + 1)

  /** @param count at least 1 */
  put(byte: number, count: number): void {
    if (byte === this.byte) {
      this.length += count
      return
    }
    if (this.length > 0) this.endRun()
    this.byte = byte
    this.length = count
  }

  /** Ends the stream, which must have at least one byte. */
  finish(): Buffer {
    this.endRun()
    const { header, literals, matches, end, totalBits } = blockCodes(this.literals, this.matches)
    const writer = new BitWriter(2 + Math.ceil(totalBits / 8) + 4)
    // RFC 1950, 2.2: DEFLATE with a window of 32 KiB. A check value makes the two bytes a multiple of 31.
    writer.put(0x0178, 16)
    for (const [value, bits] of header) writer.put(value, bits)
    for (let run = 0; run < this.runs; run++) {
      const byte = this.bytes[run]!
      let rest = this.lengths[run]! - 1
      writer.put(literals.values[byte]!, literals.bits[byte]!)
      for (; rest >= MAX_MATCH; rest -= MAX_MATCH) {
        writer.put(matches.values[MAX_MATCH]!, matches.bits[MAX_MATCH]!)
      }
      if (rest >= MIN_MATCH) writer.put(matches.values[rest]!, matches.bits[rest]!)
      else for (; rest > 0; rest--) writer.put(literals.values[byte]!, literals.bits[byte]!)
    }
    writer.put(...end)
    return writer.finish((this.adlerB % ADLER_MODULUS) * 65536 + this.adlerA)
  }

  private endRun(): void {
    const { byte, length } = this
    if (this.runs === this.bytes.length) this.grow()
    this.bytes[this.runs] = byte
    this.lengths[this.runs++] = length
    this.literals[byte]!++
    const rest = (length - 1) % MAX_MATCH
    this.matches[MAX_MATCH]! += (length - 1 - rest) / MAX_MATCH
    if (rest >= MIN_MATCH) this.matches[rest]!++
    else this.literals[byte]! += rest
    // RFC 1950, 8.2, summed over the run: each step adds `byte` to a, and a to b. The modulus is an odd
    // prime, so n can be reduced before computing n (n + 1) / 2. One run adds less than 2^40 to b.
    const n = length % ADLER_MODULUS
    this.adlerB += n * this.adlerA + byte * ((n * (n + 1)) / 2)
    if (this.adlerB > 2 ** 52) this.adlerB %= ADLER_MODULUS
    this.adlerA = (this.adlerA + byte * n) % ADLER_MODULUS
  }

  private grow(): void {
    const [bytes, lengths] = [this.bytes, this.lengths]
    this.bytes = new Uint8Array(this.runs * 2)
    this.lengths = new Uint32Array(this.runs * 2)
    this.bytes.set(bytes)
    this.lengths.set(lengths)
  }
}

/** Fills bytes from the least significant bit: RFC 1951, 3.1.1. */
class BitWriter {
  private readonly bytes: Buffer
  private length = 0
  private pending = 0
  private pendingBits = 0

  constructor(maxBytes: number) {
    this.bytes = Buffer.allocUnsafe(maxBytes)
  }

  /** @param bits at most 24 */
  put(value: number, bits: number): void {
    this.pending |= value << this.pendingBits
    this.pendingBits += bits
    while (this.pendingBits >= 8) {
      this.bytes[this.length++] = this.pending
      this.pending >>>= 8
      this.pendingBits -= 8
    }
  }

  /** Completes the last byte and adds the checksum. */
  finish(checksum: number): Buffer {
    this.put(0, (8 - this.pendingBits) & 7)
    this.length = this.bytes.writeUInt32BE(checksum, this.length)
    return this.bytes.subarray(0, this.length)
  }
}
