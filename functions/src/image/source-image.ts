import { createHash } from 'node:crypto'
import type { Metadata } from 'sharp'
import { VisionError } from '../errors.ts'
import { type ColourProfile, hasFreeSteps, readColourProfile } from './colour-profile.ts'
import { essentialPng } from './essential-png.ts'
import { heicDimensions } from './heic.ts'
import { readHeifProfile } from './heif-profile.ts'
import { heifDecodedPixels } from './heif-work.ts'
import { readJpegScans } from './jpeg-scans.ts'
import {
  checkDecodedPixels,
  checkDimensions,
  checkHeldBytes,
  checkJpegSubstance,
  checkScans,
  checkSize,
  checkWebpTiles,
  type ImageLimits,
} from './limits.ts'
import { sniffFormat } from './sniff.ts'
import { countWebpTiles } from './webp-tiles.ts'

/** An uploaded picture whose type, size and dimensions have been checked. Its pixels are still encoded. */
export type SourceImage = {
  /** What is decoded: the uploaded bytes, of a PNG only those that its pixels, colours and orientation come from. */
  bytes: Buffer
  format: 'jpeg' | 'png' | 'webp' | 'heic' | 'heif'
  /**
   * EXIF orientation, 1 to 8, as browsers heed it. Always 1 for HEIC and HEIF, whose own transformations the decoder applies, and for
   * WebP, which browsers show as it is stored.
   */
  orientation: number
  /** What the colours mean when they are not sRGB. Absent also when only libvips can tell, which then converts them. */
  profile?: ColourProfile
  /** The file has a profile that takes too long to be heeded: the colours are taken for those that pictures without one have. */
  ignoresProfile?: true
  /** Pixels of the upright image. */
  width: number
  height: number
  /** Hex digest of the uploaded bytes. */
  sha256: string
}

/**
 * Looks at the bytes, never at names or headers, and refuses what cannot be annotated before any pixel is decoded.
 * @throws VisionError `empty-file`, `file-too-large`, `unsupported-type`, `heic-disabled`, `corrupt-image`, `too-many-pixels`,
 * `bad-dimensions`
 */
export async function inspectImage(uploaded: Buffer, limits: ImageLimits): Promise<SourceImage> {
  checkSize(uploaded.length, limits.maxImageBytes)
  const format = sniffFormat(uploaded)
  if (!format) {
    throw new VisionError(
      'unsupported-type',
      `Cannot read the image: it begins with the bytes ${uploaded.toString('hex', 0, 12)}, which are not those of PNG, JPEG, WebP, HEIC or HEIF`,
    )
  }
  const isHeic = format === 'heic' || format === 'heif'
  if (isHeic && !limits.heicEnabled) {
    throw new VisionError('heic-disabled', `Cannot read the image: it is ${format} and HEIC_ENABLED is off`)
  }
  if (isHeic) checkDecodedPixels(heifDecodedPixels(uploaded), limits.maxImagePixels)
  const bytes = format === 'png' ? essentialPng(uploaded) : uploaded
  const { heldBytes, ...header } = isHeic
    ? { orientation: 1, ...(await heicDimensions(bytes)), ...profileOf(readHeifProfile(bytes)), heldBytes: 0 }
    : await rasterHeader(bytes, format)
  checkDimensions(header, limits.maxImagePixels)
  if (format === 'jpeg') checkJpegSubstance(bytes.length, header)
  if (format === 'webp') checkWebpTiles(countWebpTiles(bytes))
  checkHeldBytes(format === 'jpeg' ? heldOfJpeg(bytes) : heldBytes, limits.maxImagePixels)
  return { bytes, format, ...header, sha256: createHash('sha256').update(uploaded).digest('hex') }
}

/** @throws VisionError `corrupt-image` */
function heldOfJpeg(bytes: Buffer): number {
  const { scans, coefficientBytes } = readJpegScans(bytes)
  checkScans(scans)
  return coefficientBytes
}

type Header = Pick<SourceImage, 'orientation' | 'profile' | 'ignoresProfile' | 'width' | 'height'>

async function rasterHeader(
  bytes: Buffer,
  format: SourceImage['format'],
): Promise<Header & { heldBytes: number }> {
  const metadata = await readMetadata(bytes)
  const orientation =
    format !== 'webp' && metadata.orientation && metadata.orientation <= 8 ? metadata.orientation : 1
  const turned = orientation >= 5
  // CMYK, grey and 16 bits ('rgb16') go libvips's way.
  const profile = metadata.space === 'srgb' && metadata.icc ? readColourProfile(metadata.icc) : undefined
  return {
    orientation,
    ...profileOf(profile),
    ...(metadata.icc && hasFreeSteps(metadata.icc) && { ignoresProfile: true as const }),
    width: turned ? metadata.height : metadata.width,
    height: turned ? metadata.width : metadata.height,
    heldBytes: format === 'png' && metadata.isProgressive ? pixelBytes(metadata) : 0,
  }
}

/** Of all pixels as libvips holds them. */
function pixelBytes({ width, height, channels, depth }: Metadata): number {
  return width * height * channels * (depth === 'ushort' ? 2 : 1)
}

async function readMetadata(bytes: Buffer): Promise<Metadata> {
  const { sharp } = await import('./loaders.ts')
  try {
    // The pixel limit is ours to check: sharp's would not tell a large picture from a damaged one.
    return await sharp(bytes, { limitInputPixels: false }).metadata()
  } catch (cause) {
    throw new VisionError('corrupt-image', 'Cannot read the image: its header is damaged', { cause })
  }
}

function profileOf(profile: ColourProfile | undefined): Pick<SourceImage, 'profile'> {
  return profile ? { profile } : {}
}
