import { Measurements } from '../measure/measurements.ts'
import { type Case, measureRounds, time } from '../measure/rounds.ts'
import type { PythonCase } from '../peers/python.ts'
import { compositeMasks, decodeAndEncode, encodeEmptyPng, paintMasks, timeSharp } from '../peers/sharp.ts'
import type { PhotoSize, Plan } from '../plan.ts'
import { drawLayer } from './draw-layer.ts'
import { type Context, figure, type Part, type PartResult, type Table, times } from './part.ts'

export const LAYER = 'layer'
export const LAYER_AND_MASKS = 'layer + all masks'
export const EMPTY_PNG = 'libvips: an empty RGBA PNG'
export const JPEG_ROUND_TRIP = 'libvips: decode + encode the JPEG'
export const PILLOW = 'Pillow: the same layer'
export const SUPERVISION = 'supervision: annotate'
export const GOOGLE_SAMPLE = "Google's documented sample"
const SHARP_PAINT = 'sharp: resize masks, paint RGBA'
const SHARP_COMPOSITE = 'sharp: resize masks, composite'
const NUMPY = 'Pillow and numpy: the same layer'
const SUPERVISION_READ = 'supervision: read the answer'

const PEERS = [
  EMPTY_PNG,
  JPEG_ROUND_TRIP,
  PILLOW,
  NUMPY,
  SHARP_PAINT,
  SHARP_COMPOSITE,
  SUPERVISION_READ,
  SUPERVISION,
  GOOGLE_SAMPLE,
]
/** What does not depend on the objects. */
const FLOORS = [EMPTY_PNG, JPEG_ROUND_TRIP]

export function layerId(name: string, size: PhotoSize, count: number): string {
  return FLOORS.includes(name) ? `${name}, ${size.name}` : `${name}, ${size.name}, ${objects(count)}`
}

export const layer: Part = {
  name: 'layer',
  title: 'Overlay and masks',
  async measure(context: Context): Promise<PartResult> {
    const { plan } = context
    await checkOurs(context)
    const measurements = await measureRounds(makeCases(context), { rounds: plan.rounds, ...context })
    const measured = new Measurements(measurements)
    return {
      measurements,
      tables: [
        usualTable(measured, plan),
        gridTable(measured, plan, LAYER),
        gridTable(measured, plan, LAYER_AND_MASKS),
        growthTable(measured, plan),
      ],
      notes: [
        'From the text of an answer in memory to PNG bytes in memory. Our layer and Pillow’s never need the pixels of the photo; ' +
          'supervision draws into the photo, so it decodes and encodes it; Google’s sample works at 1024 pixels whatever the photo, ' +
          'and writes a mask and an overlay a file for each object.',
      ],
    }
  },
}

/** That what is timed is the whole work: a bench of an answer that could not be read would be fast. */
async function checkOurs({ plan, data }: Context): Promise<void> {
  for (const count of plan.counts) {
    const files = await drawLayer(data.answer(count).text, plan.sizes[0], true)
    if (files.length !== count + 1)
      throw new Error(`Cannot measure: ${count} objects gave ${files.length} files`)
  }
}

function makeCases(context: Context): Case[] {
  const { plan, data } = context
  const [, usual] = plan.sizes
  const cases: Case[] = []
  for (const size of plan.sizes) {
    const photo = data.photo(size)
    const empty = Buffer.alloc(size.width * size.height * 4)
    const floor = (name: string, work: () => Promise<unknown>) =>
      cases.push({ ...PEER, id: layerId(name, size, 0), run: () => timeSharp(work) })
    floor(EMPTY_PNG, () => encodeEmptyPng(empty, size))
    floor(JPEG_ROUND_TRIP, () => decodeAndEncode(photo.jpeg))
    for (const count of plan.counts) {
      const { text, path } = data.answer(count)
      const ours = (name: string, withMasks: boolean) =>
        cases.push({
          ...OURS,
          id: layerId(name, size, count),
          run: () => time(() => drawLayer(text, size, withMasks)),
        })
      ours(LAYER, false)
      ours(LAYER_AND_MASKS, true)
      const python = (name: string, pythonCase: PythonCase, warmUps = 2) => {
        if (!context.python || (pythonCase.startsWith('supervision') && context.python.missing.supervision))
          return
        const { python: peers } = context
        cases.push({
          ...PEER,
          warmUps,
          id: layerId(name, size, count),
          run: () => peers.time(pythonCase, photo.path, path),
        })
      }
      python(PILLOW, 'pillow_layer')
      python(NUMPY, 'numpy_layer')
      // Slow ones only along the two lines through the usual case.
      if (size !== usual && count !== plan.usualCount) continue
      const sharp = (name: string, work: () => Promise<unknown>) =>
        cases.push({ ...PEER, warmUps: 1, id: layerId(name, size, count), run: () => timeSharp(work) })
      sharp(SHARP_PAINT, () => paintMasks(text, size))
      sharp(SHARP_COMPOSITE, () => compositeMasks(text, size))
      python(SUPERVISION_READ, 'supervision_read', 1)
      python(SUPERVISION, 'supervision_annotate', 1)
      // It takes as long for any photo; and for the most objects so long that everything else would be minutes apart.
      if (size === usual && count <= plan.usualCount) python(GOOGLE_SAMPLE, 'google_sample', 1)
    }
  }
  return cases
}

const OURS = { unit: 'ms', isPeer: false, warmUps: 3 } as const
const PEER = { unit: 'ms', isPeer: true, warmUps: 2 } as const

function usualTable(measured: Measurements, { sizes: [, usual], usualCount }: Plan): Table {
  const id = (name: string) => layerId(name, usual, usualCount)
  return {
    title: `${usual.name}, ${objects(usualCount)}: how many times as long as ours`,
    columns: ['time', '÷ our layer', '÷ our layer + all masks'],
    rows: [LAYER, LAYER_AND_MASKS, ...PEERS].map((name) => ({
      name: isOurs(name) ? `**our ${name}**` : name,
      cells: [
        figure('ms', measured.summary(id(name))),
        times(measured.ratio(id(name), id(LAYER))),
        times(measured.ratio(id(name), id(LAYER_AND_MASKS))),
      ],
    })),
  }
}

function gridTable(measured: Measurements, { sizes, counts }: Plan, ours: string): Table {
  return {
    title: `Our ${ours} ÷ ${EMPTY_PNG} of that size`,
    columns: counts.map(objects),
    rows: sizes.map((size) => ({
      name: size.name,
      cells: counts.map((count) =>
        times(measured.ratio(layerId(ours, size, count), layerId(EMPTY_PNG, size, count))),
      ),
    })),
  }
}

function growthTable(
  measured: Measurements,
  { sizes: [small, usual, large], counts, usualCount }: Plan,
): Table {
  const points: [PhotoSize, number][] = [
    ...counts.map((count): [PhotoSize, number] => [usual, count]),
    [small, usualCount],
    [large, usualCount],
  ]
  return {
    title:
      'How many times as long as our layer of the same size and objects (Google’s sample: as our layer + all masks)',
    columns: points.map(([size, count]) => `${size.name}, ${count}`),
    rows: PEERS.map((name) => ({
      name,
      cells: points.map(([size, count]) => {
        const ours = name === GOOGLE_SAMPLE ? LAYER_AND_MASKS : LAYER
        return times(measured.ratio(layerId(name, size, count), layerId(ours, size, count)))
      }),
    })),
  }
}

function isOurs(name: string): boolean {
  return name === LAYER || name === LAYER_AND_MASKS
}

function objects(count: number): string {
  return count === 1 ? '1 object' : `${count} objects`
}
