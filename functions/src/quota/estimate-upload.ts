import type { Config } from '../config/config.ts'
import { taskModel } from '../config/task-model.ts'
import { MODEL_STEPS, type ModelStepName } from '../document/annotation.ts'
import type { Size } from '../document/box.ts'
import { LONG_SIDE } from '../image/prepare.ts'
import { modelFamily } from '../model/model-families.ts'
import { atTier, costOf, priceOf, type TokenPrice } from '../model/prices.ts'
import { estimateImageTokens } from '../model/tokens.ts'

/** Answers about a crowded photo, for reservations: several times as many as typical ones. */
const RESERVED_OUTPUT_TOKENS: Record<ModelStepName, number> = { describe: 500, locate: 4000 }

// A typical photo with four objects, measured (docs/cost.md).
const PROMPT_TOKENS = 170
const THOUGHT_TOKENS = 160
const DESCRIPTION_TOKENS = 140
const OBJECTS = 4
const OBJECT_TOKENS = 32
const POINT_TOKENS = 8
/** A PNG mask, in stored answers of gemini-2.5-flash. */
const PNG_TOKENS = 540

type Models = Parameters<typeof taskModel>[0] & Pick<Config, 'maskPoints'>
type Prices = Pick<Config, 'inputTokenPrice' | 'outputTokenPrice' | 'backfillServiceTier'>

/**
 * What an ordinary photo of full prepared size is likely to use in a backfill.
 * @param date decides the price of the models
 * @returns `usd`: US dollars if the service refuses no request at the tier flex; undefined if the price of a
 *   model is not known
 */
export function estimatePhoto(config: Models & Prices, date: Date): { tokens: number; usd?: number } {
  const size = { width: LONG_SIDE, height: Math.round((LONG_SIDE * 3) / 4) }
  const steps = MODEL_STEPS.map((name) => {
    const task = taskModel(config, name)
    const tokens = {
      input: estimateImageTokens(size, task) + PROMPT_TOKENS,
      output: outputTokens(name, task.model, config),
    }
    return { tokens, price: priceIn(config, task.model, date) }
  })
  const tokens = steps.reduce((sum, { tokens: { input, output } }) => sum + input + output, 0)
  let usd = 0
  for (const step of steps) {
    if (!step.price) return { tokens }
    usd += costOf(step.price, step.tokens)
  }
  return { tokens, usd }
}

/** The prices of the parameters come before those of the table. */
function priceIn(config: Prices, model: string, date: Date): TokenPrice | undefined {
  const { inputTokenPrice, outputTokenPrice, backfillServiceTier: tier } = config
  const given = {
    ...(inputTokenPrice !== undefined && { input: atTier(inputTokenPrice, tier) }),
    ...(outputTokenPrice !== undefined && { output: atTier(outputTokenPrice, tier) }),
  }
  const { input, output } = { ...priceOf(model, tier, date), ...given }
  return input === undefined || output === undefined ? undefined : { input, output }
}

/** @param image the prepared copy; @returns tokens to reserve for a step of a photo */
export function estimateStep(
  step: ModelStepName,
  image: Size,
  models: Parameters<typeof taskModel>[0],
): number {
  return estimateImageTokens(image, taskModel(models, step)) + RESERVED_OUTPUT_TOKENS[step]
}

function outputTokens(step: ModelStepName, model: string, { maskPoints }: Models): number {
  if (step === 'describe') return DESCRIPTION_TOKENS + THOUGHT_TOKENS
  const png = maskPoints === 0 ? 0 : PNG_TOKENS
  const mask = modelFamily(model).masks === 'png' ? png : maskPoints * POINT_TOKENS
  return OBJECTS * (OBJECT_TOKENS + mask) + THOUGHT_TOKENS
}
