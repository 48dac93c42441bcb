/** Bits of a lossless WebP, the lowest of each byte first. RFC 9649, 3.2. */
export class BitWriter {
  private readonly written: number[] = []
  private at = 0

  put(value: number, count: number): void {
    for (let bit = 0; bit < count; bit++, this.at++) {
      if ((this.at & 7) === 0) this.written.push(0)
      this.written[this.at >> 3]! |= ((value >> bit) & 1) << (this.at & 7)
    }
  }

  bytes(): Buffer {
    return Buffer.from(this.written)
  }
}
