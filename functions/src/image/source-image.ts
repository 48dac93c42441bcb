import { createHash } from 'node:crypto'
import type { Metadata } from 'sharp'
import { VisionError } from '../errors.ts'
import { type ColourProfile, hasFreeSteps, readColourProfile } from './colour-profile.ts'
import { essentialPng } from './essential-png.ts'
import { heicDimensions } from './heic.ts'
import { copyHeifOriginal } from './heif-original.ts'
import { readHeifProfile } from './heif-profile.ts'
import { readJpegScans } from './jpeg-scans.ts'
import {
  checkDimensions,
  checkHeldBytes,
  checkJpegSubstance,
  checkScans,
  checkSize,
  checkWebpTiles,
  decodingPixels,
  type ImageLimits,
} from './limits.ts'
import { type ImageFormat, sniffFormat } from './sniff.ts'
import { countWebpTiles } from './webp-tiles.ts'

/** An uploaded image whose type, size and dimensions have been checked. Its pixels are still encoded. */
export type SourceImage = {
  /**
   * The bytes to decode: the upload, or for PNG only the chunks that affect pixels, colours and orientation.
   * Without `decodable`, a copy of the upload without metadata.
   */
  bytes: Buffer
  format: ImageFormat
  /** False for HEIC and HEIF unless the decoder is enabled: the model receives `bytes`. */
  decodable: boolean
  /**
   * EXIF orientation, 1 to 8, as browsers apply it. Always 1 for HEIC and HEIF, whose decoders apply the
   * transformations of the container, and for WebP, which browsers show as stored.
   */
  orientation: number
  /** The colour profile if we can read it. All other embedded profiles are left to libvips. */
  profile?: ColourProfile | undefined
  /** The embedded profile would take too long to apply: the image is decoded as if it had no profile. */
  ignoresProfile?: true
  /** Pixels of the upright image. */
  width: number
  height: number
  /** What decoding costs, in pixels of an 8-bit image (`decodingPixels` of limits.ts). */
  decodingPixels: number
  /** Hex digest of the uploaded bytes. */
  sha256: string
}

/**
 * Detects the type from the bytes, never from names or headers, and rejects unusable images before any pixel
 * is decoded.
 * @throws VisionError `empty-file`, `file-too-large`, `unsupported-type`, `heic-disabled`, `corrupt-image`,
 * `too-many-pixels`, `bad-dimensions`
 */
export async function inspectImage(uploaded: Buffer, limits: ImageLimits): Promise<SourceImage> {
  checkSize(uploaded.length, limits.maxImageBytes)
  const format = sniffFormat(uploaded)
  if (!format) {
    throw new VisionError(
      'unsupported-type',
      `Cannot read the image: the first bytes ${uploaded.toString('hex', 0, 12)} are not PNG, JPEG, WebP, HEIC or HEIF`,
    )
  }
  const sha256 = createHash('sha256').update(uploaded).digest('hex')
  if (format === 'heic' || format === 'heif')
    return { ...(await inspectHeif(uploaded, format, limits)), sha256 }
  const bytes = format === 'png' ? essentialPng(uploaded) : uploaded
  const { heldBytes, has16Bits, ...header } = await rasterHeader(bytes, format)
  checkDimensions(header, limits.maxImagePixels)
  if (format === 'jpeg') checkJpegSubstance(bytes.length, header)
  if (format === 'webp') checkWebpTiles(countWebpTiles(bytes))
  checkHeldBytes(format === 'jpeg' ? heldOfJpeg(bytes) : heldBytes, limits.maxImagePixels)
  const pixels = decodingPixels(header, has16Bits)
  return { bytes, format, decodable: true, ...header, decodingPixels: pixels, sha256 }
}

async function inspectHeif(
  uploaded: Buffer,
  format: 'heic' | 'heif',
  limits: ImageLimits,
): Promise<Omit<SourceImage, 'sha256'>> {
  const { heic, maxImagePixels } = limits
  if (heic === 'off') {
    const message = `Cannot read the image: it is ${format} and HEIC is off`
    throw new VisionError('heic-disabled', message, { limit: { name: 'HEIC', value: 'off' } })
  }
  const header =
    heic === 'original'
      ? { ...copyHeifOriginal(uploaded, format, limits), decodable: false }
      : {
          ...(await heicDimensions(uploaded, maxImagePixels)),
          bytes: uploaded,
          decodable: true,
          profile: readHeifProfile(uploaded),
        }
  checkDimensions(header, maxImagePixels)
  const pixels = decodingPixels(header, header.decodable)
  return { ...header, format, orientation: 1, decodingPixels: pixels }
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
  format: ImageFormat,
): Promise<Header & { heldBytes: number; has16Bits: boolean }> {
  const metadata = await readMetadata(bytes)
  const orientation =
    format !== 'webp' && metadata.orientation && metadata.orientation <= 8 ? metadata.orientation : 1
  const turned = orientation >= 5
  // libvips converts CMYK, grey and 16 bits ('rgb16').
  const profile = metadata.space === 'srgb' && metadata.icc ? readColourProfile(metadata.icc) : undefined
  return {
    orientation,
    profile,
    ...(metadata.icc && hasFreeSteps(metadata.icc) && { ignoresProfile: true as const }),
    width: turned ? metadata.height : metadata.width,
    height: turned ? metadata.width : metadata.height,
    has16Bits: metadata.depth === 'ushort',
    heldBytes: format === 'png' && metadata.isProgressive ? pixelBytes(metadata) : 0,
  }
}

/** The size of all pixels in the memory of libvips. */
function pixelBytes({ width, height, channels, depth }: Metadata): number {
  return width * height * channels * (depth === 'ushort' ? 2 : 1)
}

async function readMetadata(bytes: Buffer): Promise<Metadata> {
  const { sharp } = await import('./loaders.ts')
  try {
    // We check the pixel limit ourselves: the error of sharp is the same for large and for damaged images.
    return await sharp(bytes, { limitInputPixels: false }).metadata()
  } catch (cause) {
    throw new VisionError('corrupt-image', 'Cannot read the image: its header is damaged', { cause })
  }
}
