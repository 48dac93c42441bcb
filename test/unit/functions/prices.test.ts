import { expect, it } from 'vitest'
import { costOf, PRICES, priceOf } from '../../../functions/src/model/prices.ts'

const IN_2026 = new Date('2026-12-31T23:59:59Z')
const IN_2027 = new Date('2027-01-01T00:00:00Z')

it('priceOf() changes the price after its last day', () => {
  expect(priceOf('gemini-3.8-flash', 'standard', IN_2026)).toEqual({ input: 0.75, output: 3.75 })
  expect(priceOf('gemini-3.8-flash', 'standard', IN_2027)).toEqual({ input: 1.5, output: 7.5 })
})

it('priceOf() halves the price for the flex tier', () => {
  expect(priceOf('gemini-3.8-flash', 'flex', IN_2026)).toEqual({ input: 0.375, output: 1.875 })
})

it('priceOf() returns undefined for an unknown model and after the last day of a retired one', () => {
  expect(priceOf('gemini-9-flash', 'standard', IN_2026)).toBeUndefined()
  expect(priceOf('constructor', 'standard', IN_2026)).toBeUndefined()
  expect(priceOf('gemini-2.5-pro', 'standard', new Date('2026-11-30T12:00:00Z'))?.output).toBe(10)
  expect(priceOf('gemini-2.5-pro', 'standard', new Date('2026-12-01T00:00:00Z'))).toBeUndefined()
})

it('priceOf() reads the model from resource names and numbered versions, and keeps lite models apart', () => {
  const name = 'projects/p/locations/global/publishers/google/models/gemini-3.5-flash-lite-001'
  expect(priceOf(name, 'standard', IN_2026)).toEqual({ input: 0.3, output: 2.5 })
  expect(priceOf('models/gemini-3.5-flash', 'standard', IN_2026)?.output).toBe(9)
})

it.each(Object.entries(PRICES))(
  'the prices of %s are in order, and all but the last have an end',
  (_, prices) => {
    const ends = prices.map(({ through }) => through ?? '9999')
    expect(ends).toEqual(ends.toSorted())
    expect(prices.slice(0, -1).every(({ through }) => through !== undefined)).toBe(true)
  },
)

it('costOf() adds input and output in dollars', () => {
  expect(costOf({ input: 0.75, output: 3.75 }, { input: 2000, output: 500 })).toBeCloseTo(0.003375, 9)
})
