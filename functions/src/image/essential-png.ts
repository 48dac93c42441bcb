const SIGNATURE_BYTES = 8
/** Length, type and checksum of a chunk: PNG specification, 5.3. */
const FRAME_BYTES = 12
const [IDAT, IEND, EXIF] = ['IDAT', 'IEND', 'eXIf'].map(typeNumber)
/** Ancillary chunks that colours and orientation come from. PNG specification, 11.3, https://www.w3.org/TR/png-3/, 2026-11. */
const NEEDED = new Set(['tRNS', 'gAMA', 'cHRM', 'sRGB', 'cICP', 'iCCP', 'eXIf'].map(typeNumber))
/** The case of its first letter says that a chunk is ancillary, 5.4. */
const ANCILLARY = 0x20_00_00_00
/** In a JPEG, where most of it comes from, EXIF has 64 kB at most. */
const MAX_EXIF_BYTES = 1 << 20

/**
 * A PNG without the chunks that no pixel, colour or orientation comes from: texts, times, frames of an animation, whatever we do not
 * know. libpng (1.6.58) inflates every compressed text, a thousandfold, and holds them all; profiles it bounds to 8 MB itself. Of each
 * kind but IDAT the first is kept: more are not allowed, and libpng tells of each. Nothing is decoded or mended, and critical chunks
 * stay even when unknown: a damaged PNG still is.
 * @param png the bytes after its signature may be anything
 * @returns the same buffer where there is nothing to leave out
 */
export function essentialPng(png: Buffer): Buffer {
  const seen = new Set<number>()
  let essential: Buffer | undefined
  let length = 0
  // The bytes since `from` are kept, and not copied yet.
  let from = 0
  let at = SIGNATURE_BYTES
  for (let ended = false; at < png.length && !ended; ) {
    // What is cut at the end of the file goes with the chunk that it would be.
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
