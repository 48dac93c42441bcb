import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { modelFamily } from '../functions/src/model/model-families.ts'
import { costOf, PRICES, priceOf } from '../functions/src/model/prices.ts'
import { estimateImageTokens } from '../functions/src/model/tokens.ts'
import type { MediaResolution, ServiceTier } from '../functions/src/ports/vision-model.ts'
import { PEERS, priceOfUnits, UNIT_PRICES, type Unit } from './cost/services.ts'
import { type Counts, loadTokens, type PhotoCounts, type PhotoName } from './cost/tokens.ts'
import { table } from './docs-table.ts'
import { root } from './paths.ts'

/** The tables of docs/cost.md, in dollars for 1,000 photos or questions. */
export const costTables: Record<string, () => string> = {
  target,
  savings,
  photos,
  questions,
  tiles,
  tokens: tokenCounts,
  modelPrices,
  operations,
  unitPrices,
  peers,
}

const MODELS = [
  'gemini-3.8-flash',
  'gemini-4-hydrogen',
  'gemini-4-argon',
  'gemini-3.5-flash-lite',
  'gemini-2.5-flash-lite',
]
const MAIN = 'gemini-3.8-flash'
const RESOLUTIONS = ['low', 'medium', 'high'] as const
const IN_2026 = new Date('2026-12-01T12:00:00Z')
const IN_2027 = new Date('2027-01-15T12:00:00Z')
/** The copy of a 12-megapixel photo, and its original. */
const COPY = { width: 1536, height: 1152 }
const ORIGINAL = { width: 4032, height: 3024 }
/** Thinking tokens of a request at LOW: the mean of 3.7 Flash in three public runs (docs/cost.md). */
const THOUGHTS = 160
/** About 60 words. The local Gemini API answers in a few words. */
const ANSWER_TOKENS = 80

type Masks = 'masks' | 'boxes'
type Tokens = { input: number; output: number }
type Size = { width: number; height: number }

function request(counts: Counts, model: string, mediaResolution: MediaResolution, size: Size = COPY): Tokens {
  return { input: counts.text + estimateImageTokens(size, { model, mediaResolution }), output: counts.output }
}

/** Both requests of a photo. */
function photoTokens(
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
function usd(tokens: Tokens, model: string, tier: ServiceTier, date: Date): string {
  const price = priceOf(model, tier, date)
  return price ? dollars(1000 * costOf(price, tokens)) : 'unknown'
}

function dollars(value: number): string {
  return value < 0.095 ? value.toFixed(3) : value.toFixed(2)
}

const PHOTO_TEXT: Record<PhotoName, string> = {
  simple: '1 object',
  typical: '4 objects',
  crowded: '12 objects',
}

/** The target of the default model, by number of objects. */
function target(): string {
  const { photos: counted, before } = loadTokens()
  const rows = (Object.keys(PHOTO_TEXT) as PhotoName[]).flatMap((name) => {
    const earlier = [before[name].describe, before[name].masks].map((counts) => request(counts, MAIN, 'high'))
    const versions: [string, Tokens][] = [
      [
        'before',
        { input: earlier[0]!.input + earlier[1]!.input, output: earlier[0]!.output + earlier[1]!.output },
      ],
      ['masks (default)', photoTokens(counted[name], 'masks', MAIN, 'medium')],
      ['boxes only (`MASK_POINTS=0`)', photoTokens(counted[name], 'boxes', MAIN, 'medium')],
    ]
    return versions.map(([version, sum]) => {
      const thinking = { ...sum, output: sum.output + 2 * THOUGHTS }
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

/** What each parameter saves for a typical photo with masks. */
function savings(): string {
  const { typical, crowded } = loadTokens().photos
  const costs = (photo: PhotoCounts, masks: Masks = 'masks', resolution: MediaResolution = 'medium') =>
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
    ['Each object less', '`MAX_OBJECTS`', dollars(perObject)],
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
      const thinking = { ...sum, output: sum.output + THOUGHTS }
      return [
        `\`${model}\``,
        isFixed ? resolution : 'tiles',
        usd(sum, model, 'standard', IN_2026),
        thinks(model) ? usd(thinking, model, 'standard', IN_2026) : 'none',
        usd(sum, model, 'standard', IN_2027),
      ]
    })
  })
  return table(['Model', 'Resolution', '2026', '2026, with thinking', 'January 2027'], rows)
}

/** Whether a model thinks at its lowest level. */
function thinks(model: string): boolean {
  const { thinking } = modelFamily(model)
  return thinking.control === 'level' && thinking.least !== 'MINIMAL'
}

/** Originals for models that bill by tiles. */
function tiles(): string {
  const { typical } = loadTokens().photos
  const model = 'gemini-2.5-flash-lite'
  const rows = [
    ['copy, 1536 x 1152', COPY] as const,
    ['original, 4032 x 3024 (`HEIC=original`, `FULL_RESOLUTION`)', ORIGINAL] as const,
  ].map(([name, size]) => [
    name,
    String(estimateImageTokens(size, { model, mediaResolution: 'high' })),
    usd(photoTokens(typical, 'boxes', model, 'high', size), model, 'standard', IN_2026),
    usd(photoTokens(typical, 'masks', model, 'high', size), model, 'standard', IN_2026),
    String(estimateImageTokens(size, { model: MAIN, mediaResolution: 'medium' })),
  ])
  return table(
    [
      'Image as sent',
      `Tokens of \`${model}\`, a request`,
      'Boxes, 1,000 photos',
      'Masks, 1,000 photos',
      `Tokens of \`${MAIN}\` (medium)`,
    ],
    rows,
  )
}

/** The measured counts. */
function tokenCounts(): string {
  const { photos: counted, question, real, before } = loadTokens()
  const cell = ({ text, output }: Counts) => `${text} + ${output}`
  const rows = (Object.keys(PHOTO_TEXT) as PhotoName[]).map((name) => {
    const { describe, masks, boxes, png } = counted[name]
    return [
      PHOTO_TEXT[name],
      cell(describe),
      cell(masks),
      cell(boxes),
      `${png.text} + ${counted[name].objects * real.pngObject.compact}`,
      cell(before[name].describe),
      cell(before[name].masks),
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

function modelPrices(): string {
  return table(
    ['Model', 'Input', 'Output', 'Through', 'Source', 'Read'],
    Object.entries(PRICES).flatMap(([model, listed]) =>
      listed.map(({ input, output, through = '', source, read }) => [
        `\`${model}\``,
        input.toFixed(3).replace(/0$/, ''),
        output.toFixed(2),
        through,
        source,
        read,
      ]),
    ),
  )
}

/** docs/cost/operations.json: test/integration/operations.test.ts counts them. */
export type Operations = Record<string, Partial<Record<Unit, number>>>

export function loadOperations(): Operations {
  return JSON.parse(readFileSync(join(root, 'docs/cost/operations.json'), 'utf8')) as Operations
}

const UNIT_NAMES: [Unit, string][] = [
  ['firestoreReads', 'Firestore reads'],
  ['firestoreWrites', 'writes'],
  ['firestoreDeletes', 'deletes'],
  ['storageClassA', 'Storage class A'],
  ['storageClassB', 'class B'],
  ['invocations', 'Function invocations'],
]

function operations(): string {
  const rows = Object.entries(loadOperations()).map(([what, counts]) => {
    const sum = UNIT_NAMES.reduce(
      (total, [unit]) => total + priceOfUnits(unit, (counts[unit] ?? 0) * 1000),
      0,
    )
    return [what, ...UNIT_NAMES.map(([unit]) => String(counts[unit] ?? 0)), dollars(sum)]
  })
  return table(['One', ...UNIT_NAMES.map(([, name]) => name), 'Dollars for 1,000'], rows)
}

function unitPrices(): string {
  return table(
    ['Unit', 'Dollars', 'Per', 'Source', 'Read'],
    Object.entries(UNIT_PRICES).map(([unit, { usd: price, per, source, read }]) => [
      unit,
      String(price),
      per.toLocaleString('en'),
      source,
      read,
    ]),
  )
}

function peers(): string {
  return table(
    ['Service', 'Dollars for 1,000 photos', 'Does', 'Does not', 'Source'],
    PEERS.map(({ name, usd: price, does, lacks, source }) => [name, price, does, lacks, source]),
  )
}
