import type { RowSink } from '../flatten-masks.ts'
import type { BitDepth } from './png-file.ts'
import type { RunDeflater } from './run-deflater.ts'

/**
 * Converts runs of pixels into runs of PNG bytes. Each row begins with its filter type (0, none). Pixels of
 * less than 8 bits are packed with the leftmost in the high bits. PNG specification 7.2 and 9.2.
 */
export class ScanlinePacker implements RowSink {
  private readonly bitDepth: BitDepth
  private readonly sink: RunDeflater
  private readonly pixelsPerByte: number
  /** A byte filled with a pixel value is the value times this factor. */
  private readonly repeated: number
  private byte = 0
  private filled = 0

  constructor(bitDepth: BitDepth, sink: RunDeflater) {
    this.bitDepth = bitDepth
    this.sink = sink
    this.pixelsPerByte = 8 / bitDepth
    this.repeated = 255 / (2 ** bitDepth - 1)
  }

  beginRow(): void {
    this.sink.put(0, 1)
  }

  put(value: number, pixels: number): void {
    if (this.bitDepth === 8) {
      this.sink.put(value, pixels)
      return
    }
    let left = pixels
    if (this.filled > 0) left -= this.add(value, left)
    const whole = Math.floor(left / this.pixelsPerByte)
    if (whole > 0) this.sink.put(value * this.repeated, whole)
    this.add(value, left - whole * this.pixelsPerByte)
  }

  endRow(): void {
    if (this.filled > 0) this.add(0, this.pixelsPerByte)
  }

  /** Adds pixels to the incomplete byte. @returns the number of pixels added */
  private add(value: number, pixels: number): number {
    const taken = Math.min(pixels, this.pixelsPerByte - this.filled)
    const bits = taken * this.bitDepth
    this.byte = (this.byte << bits) | ((value * this.repeated) >> (8 - bits))
    this.filled += taken
    if (this.filled === this.pixelsPerByte) {
      this.sink.put(this.byte, 1)
      this.byte = 0
      this.filled = 0
    }
    return taken
  }
}
