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
