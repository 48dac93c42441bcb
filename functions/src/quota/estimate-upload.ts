import type { Size } from '../annotations/box.ts'
import type { Config } from '../config.ts'
import { estimateImageTokens } from '../gemini/tokens.ts'

/** What answers typically take; a crowd of objects takes several times as much. */
const OUTPUT_TOKENS = { describe: 500, locate: 4000 }

/** @param image the copy that is sent; @returns tokens that a step of a photo is likely to take */
export function estimateStep(
  step: 'describe' | 'locate',
  image: Size,
  { describeModel, locateModel }: Pick<Config, 'describeModel' | 'locateModel'>,
): number {
  return estimateImageTokens(image, step === 'describe' ? describeModel : locateModel) + OUTPUT_TOKENS[step]
}
