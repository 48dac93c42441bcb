import type { Config } from '../config/config.ts'
import type { Size } from '../document/box.ts'
import { LONG_SIDE } from '../image/prepare.ts'
import { estimateImageTokens } from '../model/tokens.ts'

/** What answers typically take; a crowd of objects takes several times as much. */
const OUTPUT_TOKENS = { describe: 500, locate: 4000 }

/** What an ordinary photo, at the full size of the copy, is likely to take in all. */
export function estimatePhoto({
  describeModel,
  locateModel,
}: Pick<Config, 'describeModel' | 'locateModel'>): {
  promptTokens: number
  outputTokens: number
} {
  const size = { width: LONG_SIDE, height: Math.round((LONG_SIDE * 3) / 4) }
  const images = estimateImageTokens(size, describeModel) + estimateImageTokens(size, locateModel)
  return { promptTokens: images, outputTokens: OUTPUT_TOKENS.describe + OUTPUT_TOKENS.locate }
}

/** @param image the copy that is sent; @returns tokens that a step of a photo is likely to take */
export function estimateStep(
  step: 'describe' | 'locate',
  image: Size,
  { describeModel, locateModel }: Pick<Config, 'describeModel' | 'locateModel'>,
): number {
  return estimateImageTokens(image, step === 'describe' ? describeModel : locateModel) + OUTPUT_TOKENS[step]
}
