import { costOf, priceOf } from '../functions/src/model/prices.ts'
import { estimateImageTokens } from '../functions/src/model/tokens.ts'
import { THOUGHT_TOKENS } from '../functions/src/quota/typical-photo.ts'
import {
  COPY,
  dollars,
  IN_2026,
  IN_2027,
  MAIN,
  ORIGINAL,
  photoTokens,
  RESOLUTION,
  usd,
} from './cost/figures.ts'
import { priceOfUnits } from './cost/services.ts'
import { loadTokens } from './cost/tokens.ts'
import { table } from './docs-table.ts'

/** Originals for models that bill by tiles. */
export function tiles(): string {
  const { typical } = loadTokens().photos
  const model = 'gemini-2.5-flash-lite'
  const rows = [
    ['copy, 1536 x 1152', COPY] as const,
    ['original, 4032 x 3024 (`HEIC=original`, `FULL_RESOLUTION`)', ORIGINAL] as const,
  ].map(([name, size]) => [
    name,
    `up to ${estimateImageTokens(size, { model, mediaResolution: 'high' })}`,
    `up to ${usd(photoTokens(typical, 'boxes', model, 'high', size), model, 'standard', IN_2026)}`,
    `up to ${usd(photoTokens(typical, 'masks', model, 'high', size), model, 'standard', IN_2026)}`,
    String(estimateImageTokens(size, { model: MAIN, mediaResolution: RESOLUTION })),
  ])
  return table(
    [
      'Image as sent',
      `Tokens of \`${model}\`, a request (not verified)`,
      'Boxes, 1,000 photos',
      'Masks, 1,000 photos',
      `Tokens of \`${MAIN}\` (medium)`,
    ],
    rows,
  )
}

/** Of the functions that annotate photos. */
const INSTANCE = { cpus: 1, gib: 2 }
/** A flex request takes 1 to 15 minutes. https://ai.google.dev/gemini-api/docs/flex-inference, 2026-11. */
const WAITS = { assumed: 300, long: 900 }
/** Alone, the default of BACKFILL_CONCURRENCY, and as many as an instance of backfills takes. */
const AT_A_TIME = [1, 3, 16]

/** What 1,000 photos cost at the tier flex, less the time of the functions that wait for it. */
export function flex(): string {
  const { typical } = loadTokens().photos
  const rows = [
    ['masks, 2026', 'masks', IN_2026, 0] as const,
    ['masks with thinking, 2026', 'masks', IN_2026, THOUGHT_TOKENS] as const,
    ['boxes only, 2026', 'boxes', IN_2026, 0] as const,
    ['masks, January 2027', 'masks', IN_2027, 0] as const,
  ].map(([name, masks, date, thoughts]) => {
    const { input, output } = photoTokens(typical, masks, MAIN, RESOLUTION)
    const saved =
      (1000 * costOf(priceOf(MAIN, 'standard', date)!, { input, output: output + 2 * thoughts })) / 2
    return [
      name,
      dollars(saved),
      ...AT_A_TIME.map((photos) => signed(saved - waiting(WAITS.assumed, photos))),
      signed(saved - waiting(WAITS.long, 16)),
    ]
  })
  const time = AT_A_TIME.map((photos) => dollars(waiting(WAITS.assumed, photos)))
  return table(
    [
      'Photo',
      'Saved on the model',
      ...AT_A_TIME.map((photos) => `Net, ${photos} at a time, 5 minutes`),
      'Net, 16 at a time, 15 minutes',
    ],
    [['time of the functions', '', ...time, dollars(waiting(WAITS.long, 16))], ...rows],
  )
}

/** Dollars for the instances of 1,000 photos that wait. */
function waiting(seconds: number, photosAtATime: number): number {
  const { cpus, gib } = INSTANCE
  const instance = priceOfUnits('cpuSeconds', cpus * seconds) + priceOfUnits('gibSeconds', gib * seconds)
  return (1000 * instance) / photosAtATime
}

function signed(value: number): string {
  return value < 0 ? `-${dollars(-value)}` : dollars(value)
}
