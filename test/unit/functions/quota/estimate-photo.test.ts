import { expect, it } from 'vitest'
import { readConfig } from '../../../../functions/src/config/read-config.ts'
import { estimatePhoto } from '../../../../functions/src/quota/estimate-upload.ts'
import { photoTokens } from '../../../../tools/cost/figures.ts'
import { loadTokens } from '../../../../tools/cost/tokens.ts'

const IN_2026 = new Date('2026-12-31T23:59:59Z')
const IN_2027 = new Date('2027-01-01T00:00:00Z')

const nanodollars = (usd: number | undefined) => usd && Math.round(usd * 1e9)
const HIGH = { DESCRIBE_MEDIA_RESOLUTION: 'high', LOCATE_MEDIA_RESOLUTION: 'high' }

// Prompts of 186 and 145 tokens with images of 1,120, and answers of 245 and 1,032 with 160 thoughts each.
it.each<[string, Record<string, string>, Date, number, number | undefined]>([
  ['the list price of gemini-3.8-flash in 2026', {}, IN_2026, 3848, (2571 * 0.75 + 1277 * 3.75) / 1e6],
  ['the list price from 2027 on', {}, IN_2027, 3848, (2571 * 1.5 + 1277 * 7.5) / 1e6],
  [
    'half of it at the tier flex',
    { BACKFILL_SERVICE_TIER: 'flex' },
    IN_2026,
    3848,
    (2571 * 0.375 + 1277 * 1.875) / 1e6,
  ],
  [
    'the tokens of the media resolution of each task',
    { DESCRIBE_MEDIA_RESOLUTION: 'low' },
    IN_2026,
    3008,
    (1731 * 0.75 + 1277 * 3.75) / 1e6,
  ],
  ['the points of MASK_POINTS', { MASK_POINTS: '0' }, IN_2026, 3099, (2590 * 0.75 + 509 * 3.75) / 1e6],
  [
    'at most PROMINENT_OBJECTS objects',
    { PROMINENT_OBJECTS: '2' },
    IN_2026,
    3412,
    (2571 * 0.75 + 841 * 3.75) / 1e6,
  ],
  [
    'the price of the model of each task, and no thoughts at the level MINIMAL',
    { DESCRIBE_MODEL: 'gemini-3.5-flash-lite' },
    IN_2026,
    3688,
    (1306 * 0.3 + 85 * 2.5 + 1265 * 0.75 + 1032 * 3.75) / 1e6,
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
    3848,
    (2571 * 1 + 1277 * 5) / 1e6,
  ],
  ['no dollars for a model without a known price', { LOCATE_MODEL: 'gemini-9' }, IN_2026, 3848, undefined],
  [
    'no dollars if only one price is given',
    { LOCATE_MODEL: 'gemini-9', INPUT_TOKEN_PRICE: '2' },
    IN_2026,
    3848,
    undefined,
  ],
])('estimatePhoto() uses %s', (_, environment, date, tokens, usd) => {
  const estimate = estimatePhoto(readConfig({ ...HIGH, ...environment }, date), date)
  expect(estimate.tokens).toBe(tokens)
  expect(nanodollars(estimate.usd)).toBe(nanodollars(usd))
})

it.each([
  ['gemini-3.8-flash', 24, 320],
  ['gemini-3.8-flash', 12, 320],
  ['gemini-3.8-flash', 0, 320],
  ['gemini-3.5-flash-lite', 24, 0],
  ['gemini-2.5-flash-lite', 24, 0],
  ['gemini-2.5-flash-lite', 0, 0],
])('estimatePhoto() of %s with MASK_POINTS=%d agrees with docs/cost.md', (model, maskPoints, thoughts) => {
  const { typical } = loadTokens().photos
  const environment = { DESCRIBE_MODEL: model, LOCATE_MODEL: model, MASK_POINTS: String(maskPoints) }
  const photo = maskPoints === 12 ? { ...typical, masks: typical.fewerPoints } : typical
  const { input, output } = photoTokens(photo, maskPoints === 0 ? 'boxes' : 'masks', model, 'medium')
  const documented = input + output + thoughts
  const { tokens } = estimatePhoto(readConfig(environment, IN_2026), IN_2026)
  expect(Math.abs(tokens - documented) / documented).toBeLessThan(0.01)
})
