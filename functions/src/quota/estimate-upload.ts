import { taskModel } from '../config/task-model.ts'
import { MODEL_STEPS, type ModelStepName } from '../document/annotation.ts'
import type { Size } from '../document/box.ts'
import { LONG_SIDE } from '../image/prepare.ts'
import { estimateImageTokens } from '../model/tokens.ts'

/** Typical answers. A photo with many objects needs several times as many tokens. */
const OUTPUT_TOKENS: Record<ModelStepName, number> = { describe: 500, locate: 4000 }

type Models = Parameters<typeof taskModel>[0]

/** Tokens that an ordinary photo of full prepared size is likely to use. */
export function estimatePhoto(models: Models): { promptTokens: number; outputTokens: number } {
  const size = { width: LONG_SIDE, height: Math.round((LONG_SIDE * 3) / 4) }
  const sum = (of: (name: ModelStepName) => number) =>
    MODEL_STEPS.reduce((total, name) => total + of(name), 0)
  return {
    promptTokens: sum((name) => estimateImageTokens(size, taskModel(models, name))),
    outputTokens: sum((name) => OUTPUT_TOKENS[name]),
  }
}

/** @param image the prepared copy; @returns tokens that a step of a photo is likely to use */
export function estimateStep(step: ModelStepName, image: Size, models: Models): number {
  return estimateImageTokens(image, taskModel(models, step)) + OUTPUT_TOKENS[step]
}
