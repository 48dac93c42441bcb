import { FIRST_PHOTO } from './cold-start.ts'
import { Measurements } from './measure/measurements.ts'
import type { Measurement, Unit } from './measure/rounds.ts'
import { pairwise, type Summary, summarise } from './measure/statistics.ts'
import { INSTALLED, PACKED } from './package-sizes.ts'
import { ALBUM, ONE_PHOTO } from './parts/album.ts'
import * as layer from './parts/layer-cases.ts'
import { LAYER_PEAK, memoryId } from './parts/memory.ts'
import { BEYOND_MODEL, CALL_BEYOND_MODEL, COMMITS, LISTS } from './parts/path.ts'
import { DOWNSCALE, PREPARE, prepareId } from './parts/prepare.ts'
import { PREVIEW, PREVIEW_FLOOR, previewId } from './parts/preview.ts'
import { PACED_FAILED, PACED_REJECTED, PACED_SECONDS, UNPACED_FAILED } from './parts/rate.ts'
import { isGarbageId, SOUND_JSON } from './parts/read.ts'
import { DAILY_READS, DAILY_READS_OUTPUT_BUCKET } from './parts/scale.ts'
import { EVERYTHING_LOADED, FIREBASE_START, OUR_START } from './parts/start.ts'
import type { Plan } from './plan.ts'

/** A performance target and its result in this run. */
export type Target = {
  name: string
  bound: 'at most' | 'at least'
  limit: number
  unit: 'times' | Unit
  /** Undefined if the run did not measure it. */
  measured?: Summary
  /** Whether the median meets the limit. Undefined for a quick run too. */
  met?: boolean
  /** An addition to the figure. */
  remark?: string
}

/** @param measurements by part's name */
export function judgeTargets(
  measurements: ReadonlyMap<string, readonly Measurement[]>,
  plan: Plan,
): Target[] {
  const part = (name: string) => new Measurements(measurements.get(name) ?? [])
  const targets: Target[] = []
  const judge = (target: Omit<Target, 'measured' | 'met'>, measured: Summary | undefined) => {
    if (!measured) targets.push(target)
    else if (plan.name === 'quick') targets.push({ ...target, measured })
    else {
      const met =
        target.bound === 'at most' ? measured.median <= target.limit : measured.median >= target.limit
      targets.push({ ...target, measured, met })
    }
  }
  const atMost = (limit: number, name: string, measured: Summary | undefined) =>
    judge({ name, bound: 'at most', limit, unit: 'times' }, measured)
  const atLeast = (limit: number, name: string, measured: Summary | undefined) =>
    judge({ name, bound: 'at least', limit, unit: 'times' }, measured)

  const [, usual, large] = plan.sizes
  const drawn = part('layer')
  const id = (name: string, size = usual, count = plan.usualCount) => layer.layerId(name, size, count)
  atMost(0.6, 'layer ÷ libvips encoding an empty RGBA PNG', drawn.ratio(id(layer.LAYER), id(layer.EMPTY_PNG)))
  atMost(0.25, 'layer ÷ JPEG decode + encode', drawn.ratio(id(layer.LAYER), id(layer.JPEG_ROUND_TRIP)))
  atLeast(6, 'Pillow doing the same layer ÷ layer', drawn.ratio(id(layer.PILLOW), id(layer.LAYER)))
  atLeast(50, 'supervision at full size ÷ layer', drawn.ratio(id(layer.SUPERVISION), id(layer.LAYER)))
  atLeast(
    250,
    'Google’s documented sample ÷ layer + all masks',
    drawn.ratio(id(layer.GOOGLE_SAMPLE), id(layer.LAYER_AND_MASKS)),
  )
  const [fewest, most] = [plan.counts[0]!, plan.counts.at(-1)!]
  const slope = drawn.slopes(id(layer.LAYER, usual, fewest), id(layer.LAYER, usual, most), most - fewest)
  const floor = drawn.samples(id(layer.EMPTY_PNG))
  judge(
    {
      name: `layer, each further mask (${fewest} → ${most})`,
      bound: 'at most',
      limit: 0.7,
      unit: 'ms',
      ...(slope && floor
        ? { remark: `${summarise(pairwise(slope, floor)).median.toFixed(3)} × the empty RGBA PNG` }
        : {}),
    },
    slope && summarise(slope),
  )
  atMost(
    2,
    `layer of ${large.name} ÷ layer of ${usual.name}`,
    drawn.ratio(id(layer.LAYER, large), id(layer.LAYER)),
  )
  judge(
    { name: 'layer, peak memory of a fresh process', bound: 'at most', limit: 110, unit: 'MiB' },
    part('memory').summary(memoryId(LAYER_PEAK, usual, plan.usualCount)),
  )
  const previewed = part('preview')
  atMost(
    1.25,
    'preview ÷ decode, downscale, encode',
    previewed.ratio(previewId(PREVIEW, usual), previewId(PREVIEW_FLOOR, usual)),
  )
  const prepared = part('prepare')
  for (const variant of ['plain', 'exif-6', 'display-p3'] as const) {
    atMost(
      1.3,
      `prepare ÷ downscale alone, ${variant}`,
      prepared.ratio(prepareId(PREPARE, variant), prepareId(DOWNSCALE, variant)),
    )
  }
  const started = part('start')
  const everything = started.ratio(EVERYTHING_LOADED, FIREBASE_START)
  judge(
    {
      name: 'cold start ÷ loading firebase-functions + firebase-admin',
      bound: 'at most',
      limit: 1.3,
      unit: 'times',
      // Lazy loading only delays work until the first photo, so both figures are shown.
      ...(everything ? { remark: `with all that is loaded later: ${everything.median.toFixed(2)}×` } : {}),
    },
    started.ratio(OUR_START, FIREBASE_START),
  )
  atMost(
    1,
    `${FIRST_PHOTO} ÷ loading firebase-functions + firebase-admin`,
    started.ratio(FIRST_PHOTO, FIREBASE_START),
  )
  const bytesAtMost = (limit: number, size: string, name = size) =>
    judge({ name, bound: 'at most', limit, unit: 'bytes' }, started.summary(size))
  bytesAtMost(45e6, INSTALLED, `${INSTALLED}, without the Firebase SDKs`)
  bytesAtMost(2e6, PACKED.functions)
  bytesAtMost(0.1e6, PACKED.client)
  bytesAtMost(1e6, PACKED.emulator)
  const path = part('path')
  const pathAtMost = (limit: number, unit: Unit, name: string) =>
    judge({ name: `one photo: ${name}`, bound: 'at most', limit, unit }, path.summary(name))
  pathAtMost(600, 'ms', BEYOND_MODEL)
  judge(
    { name: CALL_BEYOND_MODEL, bound: 'at most', limit: 320, unit: 'ms' },
    path.summary(CALL_BEYOND_MODEL),
  )
  pathAtMost(7, 'count', COMMITS)
  pathAtMost(0, 'count', LISTS)
  atMost(3, '100 photos at once on 5 instances ÷ one photo', part('album').ratio(ALBUM, ONE_PHOTO))
  const rate = part('rate')
  for (const [name, limit, unit] of [
    [PACED_SECONDS, 1.2, 'times'],
    [PACED_REJECTED, 0.2, 'times'],
    [PACED_FAILED, 0, 'count'],
    [UNPACED_FAILED, 0, 'count'],
  ] as const) {
    judge({ name, bound: 'at most', limit, unit }, rate.summary(name))
  }
  const dailyReads = 'daily sweep of 1,000,000 photos, 10,000 of them new: document reads'
  for (const [name, reads] of [
    [dailyReads, DAILY_READS],
    [`${dailyReads}, with OUTPUT_BUCKET`, DAILY_READS_OUTPUT_BUCKET],
  ] as const) {
    judge({ name, bound: 'at most', limit: 40_000, unit: 'count' }, part('scale').summary(reads))
  }
  const slowest = slowestGarbage(measurements.get('read') ?? [])
  judge(
    {
      name: `reading ${plan.garbageCharacters.toLocaleString('en')} characters of nonsense ÷ JSON.parse of sound JSON`,
      bound: 'at most',
      limit: 20,
      unit: 'times',
      ...(slowest ? { remark: `the slowest kind: ${slowest.id.replace(/^garbage: /, '')}` } : {}),
    },
    slowest?.ratio,
  )
  return targets
}

function slowestGarbage(measurements: readonly Measurement[]): { id: string; ratio: Summary } | undefined {
  const measured = new Measurements(measurements)
  return measurements
    .flatMap(({ id }) => {
      const ratio = isGarbageId(id) ? measured.ratio(id, SOUND_JSON) : undefined
      return ratio ? [{ id, ratio }] : []
    })
    .toSorted((a, b) => b.ratio.median - a.ratio.median)[0]
}
