export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'heic' | 'heif'

/** Types of files that need an HEVC decoder, which may be disabled. */
export const HEIF_TYPES: ReadonlySet<string> = new Set(['image/heic', 'image/heif'])

export const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
/** Major brands of HEVC images. ISO/IEC 23008-12, B.4. */
const HEVC_BRANDS = new Set(['heic', 'heix', 'hevc', 'hevx'])
const HEIF_BRANDS = new Set(['mif1', 'msf1'])

/**
 * The format that the first bytes announce, or undefined if it is not one that both Gemini and we accept.
 * Signatures: PNG specification 5.2; JPEG (ITU T.81) SOI and the next marker; RIFF container of WebP (RFC
 * 9649); `ftyp` box of ISO/IEC 14496-12 with the brands of ISO/IEC 23008-12.
 */
export function sniffFormat(bytes: Buffer): ImageFormat | undefined {
  if (bytes.subarray(0, 8).equals(PNG_SIGNATURE)) return 'png'
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'jpeg'
  if (bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP') return 'webp'
  if (bytes.toString('latin1', 4, 8) === 'ftyp') return heifFormat(bytes)
  return undefined
}

/** Whether the file needs an HEVC decoder, if it is decoded. */
export function isHeif(bytes: Buffer): boolean {
  const format = sniffFormat(bytes)
  return format === 'heic' || format === 'heif'
}

function heifFormat(bytes: Buffer): 'heic' | 'heif' | undefined {
  // Box: size (4 bytes), 'ftyp', major brand, minor version, then compatible brands of 4 bytes each.
  const end = Math.min(bytes.readUInt32BE(0), bytes.length, 256)
  const brands = [bytes.toString('latin1', 8, 12)]
  for (let at = 16; at + 4 <= end; at += 4) brands.push(bytes.toString('latin1', at, at + 4))
  // AVIF shares the container and the generic brands, but Gemini does not accept it.
  if (brands.some((brand) => brand === 'avif' || brand === 'avis')) return undefined
  if (HEVC_BRANDS.has(brands[0]!)) return 'heic'
  return HEIF_BRANDS.has(brands[0]!) ? 'heif' : undefined
}
