import { createHash } from 'node:crypto'
import { VisionError } from '../errors.ts'
import { heicDimensions } from './heic.ts'
import { sniffFormat } from './sniff.ts'

/** An uploaded picture whose type, size and dimensions have been checked. Its pixels are still encoded. */
export type SourceImage = {
  bytes: Buffer
  format: 'jpeg' | 'png' | 'webp' | 'heic' | 'heif'
  /** EXIF orientation, 1 to 8. Always 1 for HEIC and HEIF, whose own transformations the decoder applies. */
  orientation: number
  /** Pixels of the upright image. */
  width: number
  height: number
  /** Hex digest of the uploaded bytes. */
  sha256: string
}

export type ImageLimits = { maxImageBytes: number; maxImagePixels: number; heicEnabled: boolean }

/** Below it there is nothing to see; and the model's boxes of 0 to 1000 lose their meaning. */
const MIN_SIDE = 16
/** Scaled to 1536 pixels, a narrower picture would be under 31 pixels wide. */
const MAX_ASPECT = 50

/**
 * Looks at the bytes, never at names or headers, and refuses what cannot be annotated before any pixel is decoded.
 * @throws VisionError `empty-file`, `file-too-large`, `unsupported-type`, `heic-disabled`, `corrupt-image`, `too-many-pixels`,
 * `bad-dimensions`
 */
export async function inspectImage(bytes: Buffer, limits: ImageLimits): Promise<SourceImage> {
  checkSize(bytes.length, limits)
  const format = sniffFormat(bytes)
  if (!format) {
    throw new VisionError(
      'unsupported-type',
      `Cannot read the image: it begins with the bytes ${bytes.toString('hex', 0, 12)}, which are not those of PNG, JPEG, WebP, HEIC or HEIF`,
    )
  }
  const isHeic = format === 'heic' || format === 'heif'
  if (isHeic && !limits.heicEnabled) {
    throw new VisionError('heic-disabled', `Cannot read the image: it is ${format} and HEIC_ENABLED is off`)
  }
  const header = isHeic ? { orientation: 1, ...(await heicDimensions(bytes)) } : await rasterHeader(bytes)
  checkDimensions(header, limits)
  return { bytes, format, ...header, sha256: createHash('sha256').update(bytes).digest('hex') }
}

/** @throws VisionError `empty-file`, `file-too-large` */
export function checkSize(bytes: number, limits: Pick<ImageLimits, 'maxImageBytes'>): void {
  if (bytes === 0) throw new VisionError('empty-file', 'Cannot read the image: the file has 0 bytes')
  if (bytes > limits.maxImageBytes) {
    throw new VisionError(
      'file-too-large',
      `Cannot read the image: ${bytes} bytes, the limit is ${limits.maxImageBytes}`,
    )
  }
}

type Header = Pick<SourceImage, 'orientation' | 'width' | 'height'>

async function rasterHeader(bytes: Buffer): Promise<Header> {
  const { sharp } = await import('./loaders.ts')
  try {
    // The pixel limit is ours to check: sharp's would not tell a large picture from a damaged one.
    const metadata = await sharp(bytes, { limitInputPixels: false }).metadata()
    const orientation = metadata.orientation && metadata.orientation <= 8 ? metadata.orientation : 1
    const turned = orientation >= 5
    return {
      orientation,
      width: turned ? metadata.height : metadata.width,
      height: turned ? metadata.width : metadata.height,
    }
  } catch (cause) {
    throw new VisionError('corrupt-image', 'Cannot read the image: its header is damaged', { cause })
  }
}

function checkDimensions({ width, height }: { width: number; height: number }, limits: ImageLimits): void {
  const found = `${width} x ${height} pixels`
  if (width * height > limits.maxImagePixels) {
    throw new VisionError(
      'too-many-pixels',
      `Cannot read the image: ${found}, the limit is ${limits.maxImagePixels} in total`,
    )
  }
  if (Math.min(width, height) < MIN_SIDE) {
    throw new VisionError(
      'bad-dimensions',
      `Cannot read the image: ${found}, each side must be at least ${MIN_SIDE}`,
    )
  }
  if (Math.max(width, height) / Math.min(width, height) > MAX_ASPECT) {
    throw new VisionError(
      'bad-dimensions',
      `Cannot read the image: ${found}, one side may be at most ${MAX_ASPECT} times the other`,
    )
  }
}
