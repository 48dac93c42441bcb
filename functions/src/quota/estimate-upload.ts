import type { Config } from '../config/config.ts'
import { taskModel } from '../config/task-model.ts'
import { MODEL_STEPS, type ModelStepName } from '../document/annotation.ts'
import type { Size } from '../document/box.ts'
import { LONG_SIDE } from '../image/prepare.ts'
import { atTier, costOf, priceOf, type TokenPrice } from '../model/prices.ts'
import { estimateImageTokens } from '../model/tokens.ts'

/** Typical answers. A photo with many objects needs several times as many tokens. */
const OUTPUT_TOKENS: Record<ModelStepName, number> = { describe: 500, locate: 4000 }

type Models = Parameters<typeof taskModel>[0]
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
    const tokens = { input: estimateImageTokens(size, task), output: OUTPUT_TOKENS[name] }
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

/** @param image the prepared copy; @returns tokens that a step of a photo is likely to use */
export function estimateStep(step: ModelStepName, image: Size, models: Models): number {
  return estimateImageTokens(image, taskModel(models, step)) + OUTPUT_TOKENS[step]
}
