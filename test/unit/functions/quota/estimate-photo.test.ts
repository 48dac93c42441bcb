import { expect, it } from 'vitest'
import { readConfig } from '../../../../functions/src/config/read-config.ts'
import { estimatePhoto } from '../../../../functions/src/quota/estimate-upload.ts'

const IN_2026 = new Date('2026-12-31T23:59:59Z')
const IN_2027 = new Date('2027-01-01T00:00:00Z')

const nanodollars = (usd: number | undefined) => usd && Math.round(usd * 1e9)
const HIGH = { DESCRIBE_MEDIA_RESOLUTION: 'high', LOCATE_MEDIA_RESOLUTION: 'high' }

/* Two images of 1,120 tokens, answers of 500 and 4,000 tokens. */
it.each<[string, Record<string, string>, Date, number, number | undefined]>([
  ['the list price of gemini-3.8-flash in 2026', {}, IN_2026, 6740, (2240 * 0.75 + 4500 * 3.75) / 1e6],
  ['the list price from 2027 on', {}, IN_2027, 6740, (2240 * 1.5 + 4500 * 7.5) / 1e6],
  [
    'half of it at the tier flex',
    { BACKFILL_SERVICE_TIER: 'flex' },
    IN_2026,
    6740,
    (2240 * 0.375 + 4500 * 1.875) / 1e6,
  ],
  [
    'the tokens of the media resolution of each task',
    { DESCRIBE_MEDIA_RESOLUTION: 'low' },
    IN_2026,
    5900,
    (1400 * 0.75 + 4500 * 3.75) / 1e6,
  ],
  [
    'the price of the model of each task',
    { DESCRIBE_MODEL: 'gemini-3.5-flash-lite' },
    IN_2026,
    6740,
    (1120 * 0.3 + 500 * 2.5 + 1120 * 0.75 + 4000 * 3.75) / 1e6,
  ],
  [
    'the prices of the parameters, also for a model without a list price, and at the tier',
    {
      LOCATE_MODEL: 'gemini-9',
      INPUT_TOKEN_PRICE: '2',
      OUTPUT_TOKEN_PRICE: '10',
      BACKFILL_SERVICE_TIER: 'flex',
    },
    IN_2026,
    6740,
    (2240 * 1 + 4500 * 5) / 1e6,
  ],
  ['no dollars for a model without a known price', { LOCATE_MODEL: 'gemini-9' }, IN_2026, 6740, undefined],
  [
    'no dollars if only one price is given',
    { LOCATE_MODEL: 'gemini-9', INPUT_TOKEN_PRICE: '2' },
    IN_2026,
    6740,
    undefined,
  ],
])('estimatePhoto() uses %s', (_, environment, date, tokens, usd) => {
  const estimate = estimatePhoto(readConfig({ ...HIGH, ...environment }, date), date)
  expect(estimate.tokens).toBe(tokens)
  expect(nanodollars(estimate.usd)).toBe(nanodollars(usd))
})
