import { askedObjects, type Config } from '../config/config.ts'
import { taskModel } from '../config/task-model.ts'
import type { ModelStepName } from '../document/annotation.ts'
import type { Size } from '../document/box.ts'
import type { Usage } from '../document/usage.ts'
import { mostTokens } from '../model/ask.ts'
import type { TokenNeed } from '../ports/quota-store.ts'
import { estimateStep, RESERVED_OUTPUT_TOKENS } from '../quota/estimate-upload.ts'
import { DESCRIBE_OUTPUT_TOKENS } from '../tasks/describe.ts'
import { locateOutputTokens } from '../tasks/locate/request.ts'

/** The most output tokens of the next request of a step, after requests with this usage. */
export type StepOutputLimit = (step: ModelStepName, used: Usage) => number

/** Of the system instruction, the prompt and the schema, rounded up. */
const TEXT_TOKENS = 500

/** @param image the prepared copy; @returns the tokens that the steps of a photo need together */
export function needOf(steps: readonly ModelStepName[], image: Size, config: Config): TokenNeed {
  const needs = steps.map((step) => needOfStep(step, image, config))
  return {
    least: needs.reduce((sum, { least }) => sum + least, 0),
    most: needs.reduce((sum, { most }) => sum + most, 0),
  }
}

/** Each step may use its estimate, and its share of what was granted beyond the estimates. */
export function stepOutputLimit(
  grantedTokens: number,
  { least, most }: TokenNeed,
  image: Size,
  config: Config,
): StepOutputLimit {
  const share = most > least ? (grantedTokens - least) / (most - least) : 0
  return (step, { totalTokens }) => {
    const need = needOfStep(step, image, config)
    const granted = need.least + share * (need.most - need.least)
    const left = Math.floor(granted - need.promptTokens - totalTokens)
    // Enough for a typical answer, also for the second request.
    return Math.max(RESERVED_OUTPUT_TOKENS[step], left)
  }
}

function needOfStep(step: ModelStepName, image: Size, config: Config): TokenNeed & { promptTokens: number } {
  const { maskPoints } = config
  const least = estimateStep(step, image, config)
  const promptTokens = least - RESERVED_OUTPUT_TOKENS[step] + TEXT_TOKENS
  const output =
    step === 'describe'
      ? { first: DESCRIBE_OUTPUT_TOKENS }
      : locateOutputTokens(taskModel(config, step).model, { maxObjects: askedObjects(config), maskPoints })
  return { promptTokens, least, most: mostTokens(promptTokens, output) }
}
