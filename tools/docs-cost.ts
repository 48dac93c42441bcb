import { modelFamily, thinksAtLeast } from '../functions/src/model/model-families.ts'
import { costOf, priceOf } from '../functions/src/model/prices.ts'
import type { MediaResolution } from '../functions/src/ports/vision-model.ts'
import { THOUGHT_TOKENS } from '../functions/src/quota/typical-photo.ts'
import {
  ANSWER_TOKENS,
  dollars,
  IN_2026,
  IN_2027,
  MAIN,
  type Masks,
  MODELS,
  photoTokens,
  RESOLUTION,
  RESOLUTIONS,
  request,
  type Tokens,
  usd,
} from './cost/figures.ts'
import { type Counts, loadTokens, type PhotoCounts, type PhotoName } from './cost/tokens.ts'
import { flex, tiles } from './docs-cost-notes.ts'
import { modelPrices, operations, peers, unitPrices } from './docs-cost-services.ts'
import { table } from './docs-table.ts'

/** The tables of docs/cost.md, in dollars for 1,000 photos or questions. */
export const costTables: Record<string, () => string> = {
  target,
  savings,
  photos,
  questions,
  tiles,
  flex,
  tokens: tokenCounts,
  modelPrices,
  operations,
  unitPrices,
  peers,
}

const PHOTO_TEXT: Record<PhotoName, string> = {
  simple: '1 object',
  typical: '4 objects',
  everyday: '8 objects',
  crowded: '12 objects',
}

/** The target of the default model, by number of objects. */
function target(): string {
  const { photos: counted, before } = loadTokens()
  const rows = (Object.keys(PHOTO_TEXT) as PhotoName[]).flatMap((name) => {
    const earlier = before[name]
    const versions: [string, Tokens][] = [
      ...(earlier ? [['before', sumOf(earlier.describe, earlier.masks)] as [string, Tokens]] : []),
      ['masks (default)', photoTokens(counted[name], 'masks', MAIN, RESOLUTION)],
      ['boxes only (`MASK_POINTS=0`)', photoTokens(counted[name], 'boxes', MAIN, RESOLUTION)],
    ]
    return versions.map(([version, sum]) => {
      const thinking = withThoughts(sum)
      return [
        PHOTO_TEXT[name],
        version,
        String(sum.input),
        String(sum.output),
        usd(sum, MAIN, 'standard', IN_2026),
        usd(thinking, MAIN, 'standard', IN_2026),
        usd(sum, MAIN, 'flex', IN_2026),
        usd(sum, MAIN, 'standard', IN_2027),
        usd(thinking, MAIN, 'standard', IN_2027),
      ]
    })
  })
  return table(
    [
      'Photo',
      'Version',
      'Input tokens',
      'Output tokens',
      '2026',
      '2026, with thinking',
      '2026, flex',
      'January 2027',
      'January 2027, with thinking',
    ],
    rows,
  )
}

/** Of both requests of a photo. */
function withThoughts(tokens: Tokens): Tokens {
  return { ...tokens, output: tokens.output + 2 * THOUGHT_TOKENS }
}

function sumOf(...counts: Counts[]): Tokens {
  const requests = counts.map((count) => request(count, MAIN, 'high'))
  return {
    input: requests.reduce((sum, { input }) => sum + input, 0),
    output: requests.reduce((sum, { output }) => sum + output, 0),
  }
}

/** The main figures, for README.md. */
export function costSummary(): string {
  const { typical } = loadTokens().photos
  const rows = [['with masks', 'masks'] as const, ['boxes only (`MASK_POINTS=0`)', 'boxes'] as const].map(
    ([name, masks]) => {
      const sum = photoTokens(typical, masks, MAIN, RESOLUTION)
      const thinking = withThoughts(sum)
      return [
        name,
        usd(sum, MAIN, 'standard', IN_2026),
        usd(thinking, MAIN, 'standard', IN_2026),
        usd(sum, MAIN, 'standard', IN_2027),
        usd(thinking, MAIN, 'standard', IN_2027),
      ]
    },
  )
  return table(
    ['', '2026', '2026, with expected thinking', 'January 2027', 'January 2027, with expected thinking'],
    rows,
  )
}

/** What each parameter saves for a typical photo with masks. */
function savings(): string {
  const { typical, crowded } = loadTokens().photos
  const costs = (photo: PhotoCounts, masks: Masks = 'masks', resolution: MediaResolution = RESOLUTION) =>
    1000 * costOf(priceOf(MAIN, 'standard', IN_2026)!, photoTokens(photo, masks, MAIN, resolution))
  const now = costs(typical)
  const perObject = (costs(crowded) - now) / (crowded.objects - typical.objects)
  const rows: [string, string, string][] = [
    ['Boxes without masks', '`MASK_POINTS=0`', dollars(now - costs(typical, 'boxes'))],
    ['Flex, for backfills', '`BACKFILL_SERVICE_TIER=flex`', dollars(now / 2)],
    [
      '12 instead of 24 points for each outline',
      '`MASK_POINTS=12`',
      dollars(now - costs({ ...typical, masks: typical.fewerPoints })),
    ],
    ['Each object less', '`PROMINENT_OBJECTS`', dollars(perObject)],
    [
      'Low instead of medium resolution, both requests',
      '`DESCRIBE_MEDIA_RESOLUTION`, `LOCATE_MEDIA_RESOLUTION`',
      dollars(now - costs(typical, 'masks', 'low')),
    ],
  ]
  return table(['Change', 'Parameter', 'Dollars saved, 2026'], rows)
}

/** A typical photo by model, resolution and tier. */
function photos(): string {
  const { typical } = loadTokens().photos
  const rows = MODELS.flatMap((model) => {
    const levels = modelFamily(model).images === 'fixed' ? RESOLUTIONS : (['high'] as const)
    return levels.map((resolution) => [
      `\`${model}\``,
      modelFamily(model).images === 'fixed' ? resolution : 'tiles',
      ...(['masks', 'boxes'] as const).flatMap((masks) => {
        const sum = photoTokens(typical, masks, model, resolution)
        return [
          usd(sum, model, 'standard', IN_2026),
          usd(sum, model, 'flex', IN_2026),
          usd(sum, model, 'standard', IN_2027),
        ]
      }),
    ])
  })
  const columns = ['standard 2026', 'flex 2026', 'standard 2027']
  return table(
    [
      'Model',
      'Resolution',
      ...columns.map((column) => `masks, ${column}`),
      ...columns.map((column) => `boxes, ${column}`),
    ],
    rows,
  )
}

function questions(): string {
  const { question } = loadTokens()
  const counts = { ...question, output: ANSWER_TOKENS }
  const rows = MODELS.flatMap((model) => {
    const isFixed = modelFamily(model).images === 'fixed'
    return (isFixed ? RESOLUTIONS : (['high'] as const)).map((resolution) => {
      const sum = request(counts, model, resolution)
      const thinking = { ...sum, output: sum.output + THOUGHT_TOKENS }
      return [
        `\`${model}\``,
        isFixed ? resolution : 'tiles',
        usd(sum, model, 'standard', IN_2026),
        thinksAtLeast(model) ? usd(thinking, model, 'standard', IN_2026) : 'none',
        usd(sum, model, 'standard', IN_2027),
      ]
    })
  })
  return table(['Model', 'Resolution', '2026', '2026, with thinking', 'January 2027'], rows)
}

/** The measured counts. */
function tokenCounts(): string {
  const { photos: counted, question, real, before } = loadTokens()
  const cell = ({ text, output }: Counts) => `${text} + ${output}`
  const rows = (Object.keys(PHOTO_TEXT) as PhotoName[]).map((name) => {
    const { describe, masks, boxes, png } = counted[name]
    const earlier = before[name]
    return [
      PHOTO_TEXT[name],
      cell(describe),
      cell(masks),
      cell(boxes),
      `${png.text} + ${counted[name].objects * real.pngObject.compact}`,
      ...(earlier ? [cell(earlier.describe), cell(earlier.masks)] : ['', '']),
    ]
  })
  return table(
    [
      'Photo',
      'describe',
      'locate, outlines',
      'locate, boxes',
      'locate, PNG masks (2.x, from real answers)',
      'describe before',
      'locate before',
    ],
    [...rows, ['a question', cell(question), '', '', '', '', '']],
  )
}
