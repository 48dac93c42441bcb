import { VisionError } from '../errors.ts'
import { greyPixels, isPlainGrey } from './png/grey-pixels.ts'
import { readPng } from './png/read-png.ts'
import type { ProbabilityMap } from './runs-from-map.ts'

/** Models draw masks of about 256 pixels a side. A mask comes from a model that a picture can talk to, so it is hostile. */
const MAX_MASK_SIDE = 2048

/**
 * The grey values of a mask. Gemini sends plain grey, which is read here, without loading sharp: it takes longer to load than all
 * masks of an answer to be read.
 * @throws VisionError `answer-unreadable` when the bytes are no whole PNG of at most 2048 x 2048 pixels
 */
export async function decodeMaskPng(png: Buffer): Promise<ProbabilityMap> {
  try {
    const parts = readPng(png)
    const { width, height } = parts
    if (!isMaskSide(width) || !isMaskSide(height)) throw new Error(`it is ${width} x ${height} pixels`)
    if (!isPlainGrey(parts)) return await decodeWithSharp(png)
    return { width, height, values: greyPixels(parts) }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new VisionError(
      'answer-unreadable',
      `Cannot decode the mask of ${png.length} bytes: ${reason}; it must be a whole PNG of at most ${MAX_MASK_SIDE} pixels a side`,
      { cause },
    )
  }
}

function isMaskSide(pixels: number): boolean {
  return pixels >= 1 && pixels <= MAX_MASK_SIDE
}

async function decodeWithSharp(png: Buffer): Promise<ProbabilityMap> {
  const { sharp } = await import('../image/loaders.ts')
  const { data, info } = await sharp(png, { failOn: 'error', limitInputPixels: MAX_MASK_SIDE ** 2 })
    .removeAlpha()
    .toColourspace('b-w')
    .raw({ depth: 'uchar' })
    .timeout({ seconds: 5 })
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, values: data }
}
