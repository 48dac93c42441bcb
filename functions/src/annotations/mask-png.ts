import { VisionError } from '../errors.ts'
import type { ProbabilityMap } from './mask-runs.ts'

/** Models draw masks of about 256 pixels a side. A mask comes from a model that a picture can talk to, so it is hostile. */
const MAX_MASK_PIXELS = 2048 * 2048

/** @throws VisionError `answer-unreadable` when the bytes are no whole PNG of a sane size */
export async function decodeMaskPng(png: Buffer): Promise<ProbabilityMap> {
  const { sharp } = await import('../image/loaders.ts')
  try {
    const { data, info } = await sharp(png, { failOn: 'error', limitInputPixels: MAX_MASK_PIXELS })
      .removeAlpha()
      .toColourspace('b-w')
      .raw({ depth: 'uchar' })
      .timeout({ seconds: 5 })
      .toBuffer({ resolveWithObject: true })
    return { width: info.width, height: info.height, values: data }
  } catch (cause) {
    throw new VisionError(
      'answer-unreadable',
      `Cannot decode the mask: ${png.length} bytes are not a whole PNG`,
      { cause },
    )
  }
}
