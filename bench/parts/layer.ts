import { Measurements } from '../measure/measurements.ts'
import { measureRounds } from '../measure/rounds.ts'
import type { PhotoSize, Plan } from '../plan.ts'
import { drawLayer } from './draw-layer.ts'
import {
  EMPTY_PNG,
  GOOGLE_SAMPLE,
  LAYER,
  LAYER_AND_MASKS,
  layerId,
  makeLayerCases,
  objects,
  PEERS,
  PILLOW,
} from './layer-cases.ts'
import { type Context, figure, type Part, type PartResult, type Table, times } from './part.ts'

export const layer: Part = {
  name: 'layer',
  title: 'Overlay and masks',
  async measure(context: Context): Promise<PartResult> {
    const { plan } = context
    await checkOurs(context)
    const measurements = await measureRounds(makeLayerCases(context), { rounds: plan.rounds, ...context })
    const measured = new Measurements(measurements)
    return {
      measurements,
      tables: [
        usualTable(measured, plan),
        gridTable(measured, plan, LAYER, EMPTY_PNG),
        gridTable(measured, plan, LAYER_AND_MASKS, EMPTY_PNG),
        gridTable(measured, plan, LAYER, PILLOW),
        growthTable(measured, plan),
      ],
      notes: [
        'From the text of an answer in memory to PNG bytes in memory. Our layer and Pillow’s do not need the pixels of the photo. ' +
          'supervision draws into the photo, so it decodes and encodes it. Google’s sample always works at 1024 pixels, and writes ' +
          'a mask file and an overlay file for each object.',
      ],
    }
  },
}

/** Checks that the measured work is complete: an unreadable answer would be fast. */
async function checkOurs({ plan, data }: Context): Promise<void> {
  for (const count of plan.counts) {
    const files = await drawLayer(data.answer(count).text, plan.sizes[0], true)
    if (files.length !== count + 1)
      throw new Error(`Cannot measure: ${count} objects gave ${files.length} files`)
  }
}

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

function gridTable(measured: Measurements, { sizes, counts }: Plan, ours: string, other: string): Table {
  return {
    title: `Our ${ours} ÷ ${other}`,
    columns: counts.map(objects),
    rows: sizes.map((size) => ({
      name: size.name,
      cells: counts.map((count) =>
        times(measured.ratio(layerId(ours, size, count), layerId(other, size, count))),
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
