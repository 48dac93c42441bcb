import type { Channels, Sharp } from 'sharp'
import type { PhotoVersion } from '../document/annotation.ts'
import { VisionError } from '../errors.ts'
import { decodeHeic } from './heic.ts'
import { laplacianVariance } from './sharpness.ts'
import type { SourceImage } from './source-image.ts'
import { conversionToSrgb } from './to-srgb.ts'

/**
 * The copy of a photo for the model, without metadata and therefore without GPS: an upright JPEG in sRGB; or,
 * if the photo is not decoded, a HEIC or HEIF file.
 */
export type PreparedImage = {
  data: Buffer
  mimeType: string
  /** Pixels of the upright copy, which has the aspect ratio of the upright photo. */
  width: number
  height: number
  /**
   * Variance of the Laplacian of the copy's luma (0-255); low for blurred images. Undefined if the photo is
   * not decoded.
   */
  sharpness?: number
  /** The upload of which this is a copy. Absent for an image that a call contained. */
  photo?: PhotoVersion
}

/** Four full 768-pixel tiles in 4:3: the most detail for the model's tokens. */
export const LONG_SIDE = 1536
const FIT = { width: LONG_SIDE, height: LONG_SIDE, fit: 'inside', withoutEnlargement: true } as const
// Optimal Huffman tables double the time for 7 % fewer bytes.
const JPEG = { quality: 85, optimiseCoding: false }
const ON_WHITE = { background: 'white' }
const DECODE_TIMEOUT_SECONDS = 30

/** The size of the copy, as far as it is known before decoding: a pixel may differ. */
export function copySizeOf(
  { decodable, width, height }: Pick<SourceImage, 'decodable' | 'width' | 'height'>,
  { fullResolution }: { fullResolution: boolean },
): { width: number; height: number } {
  const scale = decodable && !fullResolution ? Math.min(1, LONG_SIDE / Math.max(width, height)) : 1
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

/**
 * Decodes once, if the photo is to be decoded: the copy and its sharpness come from the same pixels.
 * @throws VisionError `corrupt-image` if the image is truncated or damaged, `too-many-pixels` if decoding a
 * HEIC takes too much
 */
export async function prepareImage(
  source: SourceImage,
  options: { fullResolution: boolean; maxImagePixels: number },
): Promise<PreparedImage> {
  if (!source.decodable) {
    const { bytes, format, width, height } = source
    return { data: bytes, mimeType: `image/${format}`, width, height }
  }
  const pixels = await decode(source, options)
  const { data, width, height, channels } = pixels
  // Another thread encodes while this one measures.
  const encoding = (await fromPixels(pixels)).jpeg(JPEG).toBuffer()
  const sharpness = laplacianVariance(data, width, height, channels)
  return { data: await encoding, mimeType: 'image/jpeg', width, height, sharpness }
}

/** The copy at screen size: the same copy unless it was made at full resolution. */
export async function previewOf({
  data: jpeg,
  width,
  height,
}: PreparedImage): Promise<{ jpeg: Buffer; width: number; height: number }> {
  if (Math.max(width, height) <= LONG_SIDE) return { jpeg, width, height }
  const { sharp } = await import('./loaders.ts')
  const { data, info } = await sharp(jpeg).resize(FIT).jpeg(JPEG).toBuffer({ resolveWithObject: true })
  return { jpeg: data, width: info.width, height: info.height }
}

type Pixels = { data: Buffer; width: number; height: number; channels: Channels }

/** Upright, opaque, 8-bit sRGB pixels. */
async function decode(
  source: SourceImage,
  options: { fullResolution: boolean; maxImagePixels: number },
): Promise<Pixels> {
  // libvips would convert colours before it scales, so all pixels of the photo. This converts only those of
  // the copy.
  const conversion = source.profile && conversionToSrgb(source.profile)
  const ignoreIcc = conversion !== undefined || source.ignoresProfile === true
  const photo = await openSource(source, options.maxImagePixels, ignoreIcc)
  const image = options.fullResolution ? photo : photo.resize(FIT)
  if (!conversion || conversion === 'none') return toPixels(image.flatten(ON_WHITE), source.format)
  const pixels = await toPixels(image, source.format)
  conversion(pixels.data, pixels.channels)
  if (pixels.channels !== 4) return pixels
  // Flattened after the conversion, so that colours are mixed with white in sRGB.
  return toPixels((await fromPixels(pixels)).flatten(ON_WHITE), source.format)
}

/** @throws VisionError `corrupt-image` */
async function toPixels(image: Sharp, format: SourceImage['format']): Promise<Pixels> {
  try {
    const { data, info } = await image
      .toColourspace('srgb')
      .timeout({ seconds: DECODE_TIMEOUT_SECONDS })
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    return { data, width: info.width, height: info.height, channels: info.channels }
  } catch (cause) {
    // A timeout on a busy machine is transient.
    if (cause instanceof Error && cause.message.includes('timeout')) throw cause
    throw new VisionError('corrupt-image', `Cannot decode the ${format} image: it is truncated or damaged`, {
      cause,
    })
  }
}

async function fromPixels({ data, width, height, channels }: Pixels): Promise<Sharp> {
  const { sharp } = await import('./loaders.ts')
  return sharp(data, { raw: { width, height, channels } })
}

async function openSource(source: SourceImage, maxPixels: number, ignoreIcc: boolean): Promise<Sharp> {
  if (source.format === 'heic' || source.format === 'heif') {
    const { width, height, rgba } = await decodeHeic(source.bytes, maxPixels)
    return fromPixels({ data: rgba, width, height, channels: 4 })
  }
  const { sharp } = await import('./loaders.ts')
  // 'error' rejects truncated and damaged images, but accepts stray bytes before a marker, which some cameras
  // write.
  const image = sharp(source.bytes, { failOn: 'error', limitInputPixels: maxPixels, ignoreIcc })
  return source.orientation === 1 ? image : image.autoOrient()
}
