const SIGNATURE_BYTES = 8
/** Length, type and checksum of a chunk: PNG specification, 5.3. */
const FRAME_BYTES = 12
const [IDAT, IEND, EXIF] = ['IDAT', 'IEND', 'eXIf'].map(typeNumber)
/**
 * Ancillary chunks that define colours and orientation. PNG specification, 11.3,
 * https://www.w3.org/TR/png-3/, 2026-11.
 */
const NEEDED = new Set(['tRNS', 'gAMA', 'cHRM', 'sRGB', 'cICP', 'iCCP', 'eXIf'].map(typeNumber))
/** A lower-case first letter marks an ancillary chunk, 5.4. */
const ANCILLARY = 0x20_00_00_00
/** Most EXIF data is copied from a JPEG, where it has at most 64 kB. */
const MAX_EXIF_BYTES = 1 << 20

/**
 * A PNG without the chunks that do not affect pixels, colours or orientation: texts, times, frames of an
 * animation, unknown chunks. libpng (1.6.58) inflates every compressed text, up to a thousandfold, and keeps
 * all of them in memory; it limits profiles to 8 MB itself. Of each type except IDAT only the first chunk is
 * kept: more are invalid, and libpng prints a warning for each. Nothing is decoded or repaired, and unknown
 * critical chunks stay: a damaged PNG stays damaged.
 * @param png the bytes after its signature may be anything
 * @returns the same buffer if nothing is removed
 */
export function essentialPng(png: Buffer): Buffer {
  const seen = new Set<number>()
  let essential: Buffer | undefined
  let length = 0
  // The bytes from here on are kept, and not copied yet.
  let from = 0
  let at = SIGNATURE_BYTES
  for (let ended = false; at < png.length && !ended; ) {
    // A chunk that the end of the file cuts off is treated like a whole one.
    const type = at + 8 <= png.length ? png.readUInt32BE(at + 4) : 0
    const size = at + 4 <= png.length ? png.readUInt32BE(at) : 0
    const end = Math.min(at + FRAME_BYTES + size, png.length)
    if (!isKept(type, size, seen)) {
      essential ??= Buffer.allocUnsafe(png.length)
      length += png.copy(essential, length, from, at)
      from = end
    }
    ended = type === IEND
    at = end
  }
  if (!essential) return png
  length += png.copy(essential, length, from, at)
  return essential.subarray(0, length)
}

function isKept(type: number, size: number, seen: Set<number>): boolean {
  if (type === IDAT) return true
  const isNeeded = (type & ANCILLARY) === 0 || (NEEDED.has(type) && (type !== EXIF || size <= MAX_EXIF_BYTES))
  if (!isNeeded || seen.has(type)) return false
  seen.add(type)
  return true
}

function typeNumber(name: string): number {
  return Buffer.from(name, 'latin1').readUInt32BE()
}
