/** Fills bytes from the least significant bit: RFC 1951, 3.1.1. */
export class BitWriter {
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

  /** Ends the last byte, and adds the checksum. */
  finish(checksum: number): Buffer {
    this.put(0, (8 - this.pendingBits) & 7)
    this.length = this.bytes.writeUInt32BE(checksum, this.length)
    return this.bytes.subarray(0, this.length)
  }
}
