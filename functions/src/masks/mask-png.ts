import { VisionError } from '../errors.ts'
import { greyPixels, isPlainGrey } from './png/grey-pixels.ts'
import { PngError, type PngParts, pixelsAlone, readPng } from './png/read-png.ts'
import type { ProbabilityMap } from './runs-from-map.ts'

/**
 * Models draw masks of about 256 pixels a side. A picture can influence the model, so masks are untrusted.
 */
const MAX_MASK_SIDE = 2048

/**
 * The grey values of a mask. Gemini sends plain greyscale, which is read without sharp: loading sharp takes
 * longer than reading all masks of an answer.
 * @throws VisionError `answer-unreadable` if the bytes are not a complete PNG of at most 2048 x 2048 pixels.
 * Other errors (sharp cannot be loaded, decoding timed out) are rethrown.
 */
export async function decodeMaskPng(png: Buffer): Promise<ProbabilityMap> {
  try {
    const parts = readPng(png)
    const { width, height } = parts
    if (!isMaskSide(width) || !isMaskSide(height)) throw new PngError(`it is ${width} x ${height} pixels`)
    return isPlainGrey(parts) ? { width, height, values: greyPixels(parts) } : await decodeWithSharp(parts)
  } catch (cause) {
    if (!(cause instanceof PngError)) throw cause
    throw new VisionError(
      'answer-unreadable',
      `Cannot decode the mask of ${png.length} bytes: ${cause.message}; it must be a complete PNG of at most ${MAX_MASK_SIDE} pixels a side`,
      { cause },
    )
  }
}

function isMaskSide(pixels: number): boolean {
  return pixels >= 1 && pixels <= MAX_MASK_SIDE
}

async function decodeWithSharp(parts: PngParts): Promise<ProbabilityMap> {
  const { sharp } = await import('../image/loaders.ts')
  const image = sharp(pixelsAlone(parts), { failOn: 'error', limitInputPixels: MAX_MASK_SIDE ** 2 })
    .removeAlpha()
    .toColourspace('b-w')
    .raw({ depth: 'uchar' })
    .timeout({ seconds: 5 })
  try {
    const { data, info } = await image.toBuffer({ resolveWithObject: true })
    return { width: info.width, height: info.height, values: data }
  } catch (cause) {
    // A timeout is caused by a busy machine, not by the mask: it is retryable.
    if (!(cause instanceof Error) || cause.message.includes('timeout')) throw cause
    throw new PngError(cause.message, { cause })
  }
}
