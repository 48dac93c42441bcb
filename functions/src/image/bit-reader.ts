/** Bits of a lossless WebP, the lowest of each byte first; zeros after the end. RFC 9649, 3.2. */
export class BitReader {
  private readonly bytes: Buffer
  private at = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  /** More was read than there is. */
  get overrun(): boolean {
    return this.at > this.bytes.length * 8
  }

  bit(): number {
    const byte = this.bytes[this.at >> 3] ?? 0
    return (byte >> (this.at++ & 7)) & 1
  }

  bits(count: number): number {
    let value = 0
    for (let i = 0; i < count; i++) value |= this.bit() << i
    return value
  }
}
