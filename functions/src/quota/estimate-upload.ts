import type { Config } from '../config/config.ts'
import { MODEL_STEPS, type ModelStepName } from '../document/annotation.ts'
import type { Size } from '../document/box.ts'
import { LONG_SIDE } from '../image/prepare.ts'
import { estimateImageTokens } from '../model/tokens.ts'

/** Typical answers. A photo with many objects needs several times as many tokens. */
const STEPS: Record<ModelStepName, { outputTokens: number; model: 'describeModel' | 'locateModel' }> = {
  describe: { outputTokens: 500, model: 'describeModel' },
  locate: { outputTokens: 4000, model: 'locateModel' },
}

type Models = Pick<Config, (typeof STEPS)[ModelStepName]['model']>

/** Tokens that an ordinary photo of full prepared size is likely to use. */
export function estimatePhoto(models: Models): { promptTokens: number; outputTokens: number } {
  const size = { width: LONG_SIDE, height: Math.round((LONG_SIDE * 3) / 4) }
  const sum = (of: (name: ModelStepName) => number) =>
    MODEL_STEPS.reduce((total, name) => total + of(name), 0)
  return {
    promptTokens: sum((name) => estimateImageTokens(size, models[STEPS[name].model])),
    outputTokens: sum((name) => STEPS[name].outputTokens),
  }
}

/** @param image the prepared copy; @returns tokens that a step of a photo is likely to use */
export function estimateStep(step: ModelStepName, image: Size, models: Models): number {
  const { outputTokens, model } = STEPS[step]
  return estimateImageTokens(image, models[model]) + outputTokens
}
