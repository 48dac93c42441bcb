import { VisionError } from '../errors.ts'

/** What may be annotated at all. Bytes of the file; pixels are width x height. */
export type ImageLimits = { maxImageBytes: number; maxImagePixels: number; heicEnabled: boolean }

/** Below it there is nothing to see; and the model's boxes of 0 to 1000 lose their meaning. */
const MIN_SIDE = 16
/** Scaled to 1536 pixels, a narrower picture would be under 31 pixels wide. */
export const MAX_ASPECT = 50
/**
 * A JPEG of one colour still takes a bit or two for each of its blocks of 64 pixels, 0.003 bytes a pixel. One of fewer has no
 * pixels behind its header.
 */
const MIN_JPEG_BYTES_PER_PIXEL = 1 / 2000
/** Encoders write some ten scans. Every further one costs a look at each block of the picture, and a scan that changes nothing 15 bytes. */
const MAX_SCANS = 100
/** A photo's tiles have some more pixels than the photo, and both are counted. */
const MAX_DECODED_SHARE = 3
/** libwebp writes at most 2600 (MAX_HUFF_IMAGE_SIZE, 1.6). Each takes a decoder some 6 kB for its codes. */
const MAX_WEBP_TILES = 4096
/**
 * What a decoder may hold of a picture before its first pixel comes out, for each pixel that a picture may have: a progressive JPEG
 * with colours at half resolution takes 3 bytes, an interlaced PNG with alpha 4.
 */
const MAX_HELD_BYTES_PER_PIXEL = 4.5
/** Within the 300 MB that a photo may take; where the parameter allows small pictures only, what they hold is of no concern. */
const MIN_HELD_BYTES = 225_000_000

/** @throws VisionError `empty-file`, `file-too-large` */
export function checkSize(bytes: number, maxBytes: number): void {
  if (bytes === 0) throw new VisionError('empty-file', 'Cannot read the image: the file has 0 bytes')
  if (bytes > maxBytes) {
    throw new VisionError('file-too-large', `Cannot read the image: ${bytes} bytes, the limit is ${maxBytes}`)
  }
}

/** @throws VisionError `too-many-pixels`, `bad-dimensions` */
export function checkDimensions(
  { width, height }: { width: number; height: number },
  maxPixels: number,
): void {
  const found = `Cannot read the image: ${width} x ${height} pixels`
  if (width * height > maxPixels) {
    throw new VisionError('too-many-pixels', `${found}, the limit is ${maxPixels} in total`)
  }
  if (Math.min(width, height) < MIN_SIDE) {
    throw new VisionError('bad-dimensions', `${found}, each side must be at least ${MIN_SIDE}`)
  }
  if (Math.max(width, height) / Math.min(width, height) > MAX_ASPECT) {
    throw new VisionError('bad-dimensions', `${found}, one side may be at most ${MAX_ASPECT} times the other`)
  }
}

/** @throws VisionError `corrupt-image` */
export function checkJpegSubstance(
  bytes: number,
  { width, height }: { width: number; height: number },
): void {
  if (bytes >= width * height * MIN_JPEG_BYTES_PER_PIXEL) return
  throw new VisionError(
    'corrupt-image',
    `Cannot read the image: ${bytes} bytes cannot hold ${width} x ${height} pixels`,
  )
}

/**
 * Progressive and interlaced pictures are held as a whole, at their own number of bytes a pixel.
 * @throws VisionError `too-many-pixels`
 */
export function checkHeldBytes(bytes: number, maxPixels: number): void {
  const limit = Math.max(MAX_HELD_BYTES_PER_PIXEL * maxPixels, MIN_HELD_BYTES)
  if (bytes <= limit) return
  throw new VisionError(
    'too-many-pixels',
    `Cannot read the image: to decode its pixels takes ${bytes} bytes at once, the limit is ${limit}`,
  )
}

/** @throws VisionError `corrupt-image` */
export function checkScans(scans: number): void {
  if (scans <= MAX_SCANS) return
  throw new VisionError(
    'corrupt-image',
    `Cannot read the image: it has ${scans} scans, the limit is ${MAX_SCANS}`,
  )
}

/** @throws VisionError `corrupt-image` */
export function checkWebpTiles(tiles: number): void {
  if (tiles <= MAX_WEBP_TILES) return
  throw new VisionError(
    'corrupt-image',
    `Cannot read the image: it is cut into ${tiles} tiles with codes of their own, the limit is ${MAX_WEBP_TILES}`,
  )
}

/**
 * A HEIF picture may be made of pictures that are nowhere to be seen in it, or of one again and again.
 * @throws VisionError `too-many-pixels`
 */
export function checkDecodedPixels(pixels: number, maxPixels: number): void {
  const limit = MAX_DECODED_SHARE * maxPixels
  if (pixels <= limit) return
  throw new VisionError(
    'too-many-pixels',
    `Cannot read the image: ${pixels} pixels would be decoded for it, the limit is ${limit}`,
  )
}
