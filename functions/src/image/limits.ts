import type { Config } from '../config/config.ts'
import { type ErrorCode, type Limit, VisionError } from '../errors.ts'

/** Limits of an image. Bytes of the file; pixels are width x height. */
export type ImageLimits = { maxImageBytes: number; maxImagePixels: number; heic: Config['heic'] }

/**
 * An original (HEIC, HEIF) is sent inline up to this size. A larger one is uploaded once for all requests.
 * Prepared copies are smaller.
 */
export const MAX_INLINE_ORIGINAL_BYTES = 4_000_000

type Size = { width: number; height: number }

/** In smaller images nothing is recognisable, and the model's boxes of 0 to 1000 lose their meaning. */
const MIN_SIDE = 16
/** Scaled to 1536 pixels, a narrower image would be less than 31 pixels wide. */
export const MAX_ASPECT = 50
/**
 * A JPEG of one colour takes a bit or two for each block of 64 pixels: 0.003 bytes a pixel. A smaller file
 * contains no pixels.
 */
const MIN_JPEG_BYTES_PER_PIXEL = 1 / 2000
/**
 * Encoders write about ten scans. A scan that changes nothing has 15 bytes, but visits every block of the
 * image.
 */
const MAX_SCANS = 100
/** libwebp writes at most 2600 (MAX_HUFF_IMAGE_SIZE, 1.6). A decoder allocates 6 to 17 kB for each. */
const MAX_WEBP_TILES = 4096
/**
 * Memory, per pixel of the pixel limit, that a decoder may take before it returns the first pixel. A
 * progressive JPEG with colours at half resolution takes 3 bytes a pixel, an interlaced PNG with alpha 4.
 */
const MAX_HELD_BYTES_PER_PIXEL = 4.5
/** Always allowed: a photo may take 300 MB in total. */
const MIN_HELD_BYTES = 225_000_000

/** @throws VisionError `empty-file`, `file-too-large` */
export function checkSize(bytes: number, maxBytes: number): void {
  if (bytes === 0) refuse('empty-file', 'the file has 0 bytes')
  if (bytes > maxBytes) {
    const limit = { name: 'MAX_IMAGE_BYTES', value: maxBytes } as const
    refuse('file-too-large', `${bytes} bytes, the limit is ${maxBytes}`, limit)
  }
}

/** @throws VisionError `too-many-pixels`, `bad-dimensions` */
export function checkDimensions({ width, height }: Size, maxPixels: number): void {
  const found = `${width} x ${height} pixels`
  if (width * height > maxPixels) {
    refuse('too-many-pixels', `${found}, the limit is ${maxPixels} in total`, pixelLimit(maxPixels))
  }
  if (Math.min(width, height) < MIN_SIDE) {
    refuse('bad-dimensions', `${found}, each side must be at least ${MIN_SIDE}`)
  }
  if (Math.max(width, height) / Math.min(width, height) > MAX_ASPECT) {
    refuse('bad-dimensions', `${found}, one side may be at most ${MAX_ASPECT} times the other`)
  }
}

/**
 * The cost of decoding an image, for a limit on several images. Milliseconds per megapixel, measured
 * 2026-11-30: JPEG 15 to 25, PNG 4 to 36, WebP 5 to 42; PNG of 16 bits 20 to 110, HEIC 30 to 85.
 * @param isExpensive 16 bits a channel, or a HEIC image that is decoded
 */
export function decodingPixels({ width, height }: Size, isExpensive: boolean): number {
  return width * height * (isExpensive ? 2 : 1)
}

/** @throws VisionError `corrupt-image` */
export function checkJpegSubstance(bytes: number, { width, height }: Size): void {
  if (bytes < width * height * MIN_JPEG_BYTES_PER_PIXEL) {
    refuse('corrupt-image', `${bytes} bytes cannot hold ${width} x ${height} pixels`)
  }
}

/**
 * Decoders hold progressive and interlaced images as a whole.
 * @throws VisionError `too-many-pixels`
 */
export function checkHeldBytes(bytes: number, maxPixels: number): void {
  const limit = Math.max(MAX_HELD_BYTES_PER_PIXEL * maxPixels, MIN_HELD_BYTES)
  if (bytes > limit) {
    const reason = `decoding takes ${bytes} bytes of memory, the limit is ${limit}`
    refuse('too-many-pixels', reason, pixelLimit(maxPixels))
  }
}

/** @throws VisionError `corrupt-image` */
export function checkScans(scans: number): void {
  if (scans > MAX_SCANS) refuse('corrupt-image', `it has ${scans} scans, the limit is ${MAX_SCANS}`)
}

/** @throws VisionError `corrupt-image` */
export function checkWebpTiles(tiles: number): void {
  if (tiles > MAX_WEBP_TILES) {
    refuse('corrupt-image', `it has ${tiles} tiles with own prefix codes, the limit is ${MAX_WEBP_TILES}`)
  }
}

function pixelLimit(maxPixels: number): Limit {
  return { name: 'MAX_IMAGE_PIXELS', value: maxPixels }
}

function refuse(code: ErrorCode, reason: string, limit?: Limit): never {
  throw new VisionError(code, `Cannot read the image: ${reason}`, { limit })
}
