import { VisionError } from '../errors.ts'
import { nameAt } from './colour-profile.ts'

// Boxes of ISO/IEC 14496-12, 4.2. All bytes are untrusted.

export type Box = { type: string; body: Buffer }

/** The number of sibling boxes that are read. A phone writes some 50 properties and 200 items. */
const MAX_BOXES = 4096

/** The first `MAX_BOXES` boxes. A box that is longer than its parent ends with the parent. */
export function* boxesIn(bytes: Buffer): Generator<Box> {
  let at = 0
  for (let count = 0; count < MAX_BOXES && at + 8 <= bytes.length; count++) {
    let size = bytes.readUInt32BE(at)
    let header = 8
    if (size === 1 && at + 16 <= bytes.length) {
      size = Number(bytes.readBigUInt64BE(at + 8))
      header = 16
    } else if (size === 0) size = bytes.length - at
    if (size < header) break
    yield { type: nameAt(bytes, at + 4), body: bytes.subarray(at + header, at + size) }
    at += size
  }
}

export function childOf(bytes: Buffer, type: string): Buffer | undefined {
  for (const box of boxesIn(bytes)) if (box.type === type) return box.body
  return undefined
}

/** Reads numbers one after another. @throws VisionError `corrupt-image` at the end of the bytes */
export class NumberReader {
  private readonly bytes: Buffer
  private readonly box: string
  private at = 0

  constructor(bytes: Buffer, box: string) {
    this.bytes = bytes
    this.box = box
  }

  get left(): number {
    return this.bytes.length - this.at
  }

  /** @param size in bytes: 0 to 6, or 8; 0 reads nothing and returns 0 */
  unsigned(size: number): number {
    const start = this.take(size)
    if (size === 0) return 0
    if (size < 8) return this.bytes.readUIntBE(start, size)
    // No offset in a file needs more than 53 bits. A larger one is out of the file as well.
    return Number(this.bytes.readBigUInt64BE(start))
  }

  signed(size: 4): number {
    return this.bytes.readIntBE(this.take(size), size)
  }

  slice(size: number): Buffer {
    const start = this.take(size)
    return this.bytes.subarray(start, start + size)
  }

  /** The version of a full box, which its flags follow (4.2.2). */
  versionAndFlags(): { version: number; flags: number } {
    return { version: this.unsigned(1), flags: this.unsigned(3) }
  }

  private take(size: number): number {
    if (this.left < size) throw corrupt(`its ${this.box} box is cut off`)
    const start = this.at
    this.at += size
    return start
  }
}

/** The decoder may read a container that we do not. */
const LIMIT = { name: 'HEIC', value: 'original' } as const

export function corrupt(reason: string): VisionError {
  return new VisionError('corrupt-image', `Cannot read the HEIF container: ${reason}`, { limit: LIMIT })
}

/** For files that are valid, but in a form that we do not read. The decoder reads some of them. */
export function unsupported(reason: string): VisionError {
  return new VisionError('unsupported-type', `Cannot read the HEIF container: ${reason}`, { limit: LIMIT })
}
