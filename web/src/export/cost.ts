import type { Annotation, DetectObjectsResult } from '@firesight/client'
import { costOf, type ListedPrice, listedPriceOf } from '../../../functions/src/model/prices.ts'

type Usage = NonNullable<Annotation['usage']>
type Model = Pick<NonNullable<Annotation['model']>, 'requested' | 'version'>

/** The tokens of one request or step. */
export type Spent = { name: string; model: Model; usage: Usage }

/** `usd` is undefined if the price of the model is not known. */
export type CostRow = Spent & { usd: number | undefined }

export type Cost = {
  rows: CostRow[]
  /** Undefined if one of the prices is not known. */
  usd: number | undefined
  /** The list prices that were used, by model. */
  prices: ReadonlyMap<string, ListedPrice>
  /** Models without a known price. */
  unpriced: string[]
}

/** The steps of a photo whose answers are stored. */
export function spentOnPhoto({
  steps,
  model,
  usage,
}: Pick<Annotation, 'steps' | 'model' | 'usage'>): Spent[] {
  const spent = (['describe', 'locate'] as const).flatMap((step): Spent[] => {
    const { model: answeredBy, usage: used } = steps[step]
    const name = step === 'describe' ? 'Description' : 'Objects'
    return answeredBy && used ? [{ name, model: answeredBy, usage: used }] : []
  })
  if (spent.length > 0 || !model || !usage) return spent
  return [{ name: 'Photo', model, usage }]
}

export function spentOnSearch({ model, usage }: Pick<DetectObjectsResult, 'model' | 'usage'>): Spent[] {
  return [{ name: 'Search', model, usage }]
}

/**
 * What the tokens cost at the list prices of that day (standard tier). Thinking tokens are billed as output.
 * A newer version of a model, as answers report it, has the price of the requested model.
 */
export function costOfTokens(spent: readonly Spent[], date: Date): Cost {
  const prices = new Map<string, ListedPrice>()
  const unpriced = new Set<string>()
  const rows = spent.map((entry): CostRow => {
    const { version, requested } = entry.model
    const name = listedPriceOf(version, date) ? version : requested
    const price = listedPriceOf(name, date)
    if (!price) {
      unpriced.add(version)
      return { ...entry, usd: undefined }
    }
    prices.set(name, price)
    const { promptTokens, outputTokens, thoughtTokens } = entry.usage
    return { ...entry, usd: costOf(price, { input: promptTokens, output: outputTokens + thoughtTokens }) }
  })
  const usd = unpriced.size > 0 ? undefined : rows.reduce((sum, row) => sum + (row.usd ?? 0), 0)
  return { rows, usd, prices, unpriced: [...unpriced] }
}

/** $0.0047, $1.20 */
export function dollars(usd: number): string {
  const digits = usd === 0 || usd >= 1 ? 2 : Math.min(Math.max(1 - Math.floor(Math.log10(usd)), 2), 8)
  return `$${usd.toFixed(digits)}`
}
