import type { ServiceTier } from '../ports/vision-model.ts'

/** US dollars for a million tokens. Thinking tokens are billed as output. */
export type TokenPrice = { input: number; output: number }

export type ListedPrice = TokenPrice & {
  /** The last day of the price (UTC), if it has an announced end. */
  through?: string
  source: string
  /** The day on which the source stated the price. */
  read: string
}

/** Google's page as copied word for word on that day into the repository api-evangelist/deepmind. */
const PAGE = { source: 'https://ai.google.dev/gemini-api/docs/pricing', read: '2026-10-07' }
/** Third parties only: no copy of Google's page with these prices could be read. */
const HYDROGEN = {
  source: 'third party: https://docs.laozhang.ai/announcements/gemini-4-hydrogen-2026-11.md',
  read: '2026-11-14',
}
const CARBON = {
  source: 'third party: https://docs.laozhang.ai/en/announcements/gemini-4-carbon-2026-11.md',
  read: '2026-11-11',
}
const NEON = {
  source: 'third party: https://docs.laozhang.ai/en/announcements/gemini-4-neon-2026-11.md',
  read: '2026-11-22',
}
const TELEMETRY = {
  source: 'third party: https://github.com/uttamdeb/agent-telemetry/releases/tag/v1.6.6',
  read: '2026-09-30',
}
const LLM_PRICES = { source: 'third party: https://github.com/simonw/llm-prices', read: '2026-07' }
const ARGON = {
  source: 'https://ai.google.dev/gemini-api/docs/generate-content/latest-model',
  read: '2026-11',
}

const PROMOTION = { input: 0.75, output: 3.75, through: '2026-12-31' }
const FLASH = { input: 1.5, output: 7.5 }

/**
 * The standard tier by model, in order of time. Prompts are below 200,000 tokens, where some models cost
 * more. Retired models have no price after their last day: `readConfig` replaces them by their successor.
 */
export const PRICES: Record<string, readonly ListedPrice[]> = {
  'gemini-4-argon': [
    { input: 2, output: 10, through: '2026-11-30', ...ARGON },
    { input: 4, output: 20, ...ARGON },
  ],
  'gemini-4-carbon': [
    { input: 2, output: 10, through: '2026-11-30', ...CARBON },
    { input: 4, output: 20, ...CARBON },
  ],
  'gemini-4-neon': [{ input: 3, output: 15, ...NEON }],
  'gemini-4-hydrogen': [{ ...FLASH, ...HYDROGEN }],
  'gemini-3.8-flash': [
    { ...PROMOTION, ...PAGE },
    { ...FLASH, ...PAGE },
  ],
  'gemini-3.7-flash': [
    { ...PROMOTION, ...TELEMETRY },
    { ...FLASH, ...TELEMETRY },
  ],
  'gemini-3.6-flash': [
    { ...PROMOTION, ...TELEMETRY },
    { ...FLASH, ...TELEMETRY },
  ],
  'gemini-3.5-flash': [{ input: 1.5, output: 9, ...PAGE }],
  'gemini-3.5-flash-lite': [{ input: 0.3, output: 2.5, ...PAGE }],
  'gemini-3.1-flash-lite': [{ input: 0.25, output: 1.5, ...LLM_PRICES }],
  'gemini-2.5-pro': [{ input: 1.25, output: 10, through: '2026-11-30', ...PAGE }],
  'gemini-2.5-flash': [{ input: 0.3, output: 2.5, through: '2026-11-30', ...PAGE }],
  'gemini-2.5-flash-lite': [{ input: 0.1, output: 0.4, ...PAGE }],
}

/** Of the standard price. https://ai.google.dev/gemini-api/docs/flex-inference, 2026-11. */
const TIER_SHARE: Record<ServiceTier, number> = { standard: 1, flex: 0.5 }

/**
 * The price of the standard tier.
 * @param model as in the parameter or in the answer: `gemini-3.8-flash`, `models/gemini-3.8-flash`,
 *   `gemini-3.8-flash-001`, or a Vertex AI resource name
 * @returns undefined if the price of this model on this day is not known, which does not mean free
 */
export function listedPriceOf(model: string, date: Date): ListedPrice | undefined {
  const name = model.slice(model.lastIndexOf('/') + 1).replace(/-\d{3}$/, '')
  const day = date.toISOString().slice(0, 10)
  const listed = Object.hasOwn(PRICES, name) ? PRICES[name] : undefined
  return listed?.find(({ through }) => through === undefined || day <= through)
}

/** As `listedPriceOf`, for each tier. */
export function priceOf(model: string, tier: ServiceTier, date: Date): TokenPrice | undefined {
  const price = listedPriceOf(model, date)
  return price && { input: atTier(price.input, tier), output: atTier(price.output, tier) }
}

/** @param usd a price of the standard tier */
export function atTier(usd: number, tier: ServiceTier): number {
  return usd * TIER_SHARE[tier]
}

/** @returns US dollars */
export function costOf({ input, output }: TokenPrice, tokens: { input: number; output: number }): number {
  return (tokens.input * input + tokens.output * output) / 1e6
}
