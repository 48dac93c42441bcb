import { askedObjects, type Config } from '../config/config.ts'
import { taskModel } from '../config/task-model.ts'
import { MODEL_STEPS, type ModelStepName } from '../document/annotation.ts'
import type { Size } from '../document/box.ts'
import { LONG_SIDE } from '../image/prepare.ts'
import { modelFamily, thinksAtLeast } from '../model/model-families.ts'
import { atTier, costOf, priceOf, type TokenPrice } from '../model/prices.ts'
import { estimateImageTokens } from '../model/tokens.ts'
import {
  BOX_TOKENS,
  DESCRIPTION_TOKENS,
  PNG_OBJECT_TOKENS,
  POINT_TOKENS,
  PROMPT_TOKENS,
  THOUGHT_TOKENS,
  TYPICAL_OBJECTS,
} from './typical-photo.ts'

/**
 * Reserved for the answer until its real usage is known. A photo with few objects uses less, a crowded one
 * may use more: its usage is recorded in full, and the next reservation sees it.
 */
export const RESERVED_OUTPUT_TOKENS: Record<ModelStepName, number> = { describe: 500, locate: 4000 }

/** A typical photo as it is sent: the prepared copy, or the original of a phone. */
const COPY = { width: LONG_SIDE, height: Math.round((LONG_SIDE * 3) / 4) }
const ORIGINAL = { width: 4032, height: 3024 }

type Models = Parameters<typeof taskModel>[0] &
  Pick<Config, 'maskPoints' | 'maxObjects' | 'prominentObjects' | 'fullResolution'>
type Prices = Pick<Config, 'inputTokenPrice' | 'outputTokenPrice' | 'backfillServiceTier'>

/**
 * What a typical photo is likely to use in a backfill. HEIC originals, which models of 2.x may bill by tiles,
 * count as prepared copies.
 * @param date decides the price of the models
 * @returns `usd`: US dollars if the service refuses no request at the tier flex; undefined if the price of a
 *   model is not known
 */
export function estimatePhoto(config: Models & Prices, date: Date): { tokens: number; usd?: number } {
  const size = config.fullResolution ? ORIGINAL : COPY
  const steps = MODEL_STEPS.map((name) => {
    const task = taskModel(config, name)
    const tokens = {
      input: estimateImageTokens(size, task) + promptTokens(name, task.model, config),
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

type LocateForm = 'polygon' | 'png' | 'boxes'

function formOf(model: string, { maskPoints }: Models): LocateForm {
  return maskPoints === 0 ? 'boxes' : modelFamily(model).masks
}

function promptTokens(step: ModelStepName, model: string, config: Models): number {
  return PROMPT_TOKENS[step === 'describe' ? 'describe' : formOf(model, config)]
}

function outputTokens(step: ModelStepName, model: string, config: Models): number {
  const thoughts = thinksAtLeast(model) ? THOUGHT_TOKENS : 0
  if (step === 'describe') return DESCRIPTION_TOKENS + thoughts
  const object: Record<LocateForm, number> = {
    boxes: BOX_TOKENS,
    polygon: BOX_TOKENS + config.maskPoints * POINT_TOKENS,
    png: PNG_OBJECT_TOKENS,
  }
  return Math.min(TYPICAL_OBJECTS, askedObjects(config)) * object[formOf(model, config)] + thoughts
}
