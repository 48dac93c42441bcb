import { readConfig } from '../../functions/src/config/read-config.ts'
import { taskModel } from '../../functions/src/config/task-model.ts'
import { modelFamily } from '../../functions/src/model/model-families.ts'
import { costOf, priceOf } from '../../functions/src/model/prices.ts'
import { estimateImageTokens } from '../../functions/src/model/tokens.ts'
import type { MediaResolution, ServiceTier } from '../../functions/src/ports/vision-model.ts'
import { type Counts, loadTokens, type PhotoCounts } from './tokens.ts'

export const MODELS = [
  'gemini-3.8-flash',
  'gemini-4-hydrogen',
  'gemini-4-argon',
  'gemini-3.5-flash-lite',
  'gemini-2.5-flash-lite',
]
export const IN_2026 = new Date('2026-12-01T12:00:00Z')
export const IN_2027 = new Date('2027-01-15T12:00:00Z')
/** The values of all parameters that are not set. */
export const DEFAULTS = readConfig({}, IN_2026)
export const { model: MAIN, mediaResolution: RESOLUTION } = taskModel(DEFAULTS, 'locate')
export const RESOLUTIONS = ['low', 'medium', 'high'] as const
/** The copy of a 12-megapixel photo, and its original. */
export const COPY = { width: 1536, height: 1152 }
export const ORIGINAL = { width: 4032, height: 3024 }
/** About 60 words. The local Gemini API answers in a few words. */
export const ANSWER_TOKENS = 80

export type Masks = 'masks' | 'boxes'
export type Tokens = { input: number; output: number }
type Size = { width: number; height: number }

export function request(
  counts: Counts,
  model: string,
  mediaResolution: MediaResolution,
  size: Size = COPY,
): Tokens {
  return { input: counts.text + estimateImageTokens(size, { model, mediaResolution }), output: counts.output }
}

/** Both requests of a photo. */
export function photoTokens(
  photo: PhotoCounts,
  masks: Masks,
  model: string,
  resolution: MediaResolution,
  size?: Size,
): Tokens {
  const isPng = masks === 'masks' && modelFamily(model).masks === 'png'
  const { compact } = loadTokens().real.pngObject
  const located = isPng ? { ...photo.png, output: photo.objects * compact } : photo[masks]
  const steps = [photo.describe, located].map((counts) => request(counts, model, resolution, size))
  return { input: steps[0]!.input + steps[1]!.input, output: steps[0]!.output + steps[1]!.output }
}

/** Dollars for 1,000, or "unknown". */
export function usd(tokens: Tokens, model: string, tier: ServiceTier, date: Date): string {
  const price = priceOf(model, tier, date)
  return price ? dollars(1000 * costOf(price, tokens)) : 'unknown'
}

export function dollars(value: number): string {
  return value < 0.095 ? value.toFixed(3) : value.toFixed(2)
}
