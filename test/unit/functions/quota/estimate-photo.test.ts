import { expect, it } from 'vitest'
import { readConfig } from '../../../../functions/src/config/read-config.ts'
import { estimatePhoto } from '../../../../functions/src/quota/estimate-upload.ts'

const IN_2026 = new Date('2026-12-31T23:59:59Z')
const IN_2027 = new Date('2027-01-01T00:00:00Z')

const nanodollars = (usd: number | undefined) => usd && Math.round(usd * 1e9)
const HIGH = { DESCRIBE_MEDIA_RESOLUTION: 'high', LOCATE_MEDIA_RESOLUTION: 'high' }

/* Two prompts of 170 tokens with images of 1,120, and answers of 300 and 1,056 tokens. */
it.each<[string, Record<string, string>, Date, number, number | undefined]>([
  ['the list price of gemini-3.8-flash in 2026', {}, IN_2026, 3936, (2580 * 0.75 + 1356 * 3.75) / 1e6],
  ['the list price from 2027 on', {}, IN_2027, 3936, (2580 * 1.5 + 1356 * 7.5) / 1e6],
  [
    'half of it at the tier flex',
    { BACKFILL_SERVICE_TIER: 'flex' },
    IN_2026,
    3936,
    (2580 * 0.375 + 1356 * 1.875) / 1e6,
  ],
  [
    'the tokens of the media resolution of each task',
    { DESCRIBE_MEDIA_RESOLUTION: 'low' },
    IN_2026,
    3096,
    (1740 * 0.75 + 1356 * 3.75) / 1e6,
  ],
  ['the points of MASK_POINTS', { MASK_POINTS: '0' }, IN_2026, 3168, (2580 * 0.75 + 588 * 3.75) / 1e6],
  [
    'the price of the model of each task',
    { DESCRIBE_MODEL: 'gemini-3.5-flash-lite' },
    IN_2026,
    3936,
    (1290 * 0.3 + 300 * 2.5 + 1290 * 0.75 + 1056 * 3.75) / 1e6,
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
    3936,
    (2580 * 1 + 1356 * 5) / 1e6,
  ],
  ['no dollars for a model without a known price', { LOCATE_MODEL: 'gemini-9' }, IN_2026, 3936, undefined],
  [
    'no dollars if only one price is given',
    { LOCATE_MODEL: 'gemini-9', INPUT_TOKEN_PRICE: '2' },
    IN_2026,
    3936,
    undefined,
  ],
])('estimatePhoto() uses %s', (_, environment, date, tokens, usd) => {
  const estimate = estimatePhoto(readConfig({ ...HIGH, ...environment }, date), date)
  expect(estimate.tokens).toBe(tokens)
  expect(nanodollars(estimate.usd)).toBe(nanodollars(usd))
})
