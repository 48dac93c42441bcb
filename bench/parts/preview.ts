import { type PreparedImage, prepareImage, previewOf } from '../../functions/src/image/prepare.ts'
import { inspectImage } from '../../functions/src/image/source-image.ts'
import { Measurements } from '../measure/measurements.ts'
import { type Case, measureRounds, time } from '../measure/rounds.ts'
import { downscale, timeSharp } from '../peers/sharp.ts'
import type { PhotoSize } from '../plan.ts'
import { type Context, figure, type Part, type PartResult, times } from './part.ts'
import { LIMITS, PREPARE_OPTIONS } from './prepare.ts'

export const PREVIEW = 'preview of a full-size copy'
export const PREVIEW_FLOOR = 'libvips: downscale alone'
const PREVIEW_OF_COPY = 'preview of the usual copy'

export function previewId(name: string, { name: size }: PhotoSize): string {
  return `${name}, ${size}`
}

export const preview: Part = {
  name: 'preview',
  title: 'The preview',
  async measure(context: Context): Promise<PartResult> {
    const { rounds, sizes } = context.plan
    const measurements = await measureRounds(await makeCases(context), { rounds, ...context })
    const measured = new Measurements(measurements)
    const row = (name: string) => sizes.map((size) => figure('ms', measured.summary(previewId(name, size))))
    return {
      measurements,
      tables: [
        {
          title: 'Time',
          columns: sizes.map(({ name }) => name),
          rows: [
            { name: `**our ${PREVIEW_OF_COPY}**`, cells: row(PREVIEW_OF_COPY) },
            { name: `**our ${PREVIEW}**`, cells: row(PREVIEW) },
            { name: PREVIEW_FLOOR, cells: row(PREVIEW_FLOOR) },
            {
              name: 'our preview of a full-size copy ÷ downscale alone',
              cells: sizes.map((size) =>
                times(measured.ratio(previewId(PREVIEW, size), previewId(PREVIEW_FLOOR, size))),
              ),
            },
          ],
        },
      ],
      notes: [
        'The normal model copy of 1536 pixels is also the preview. Only with FULL_RESOLUTION is a separate preview created.',
      ],
    }
  },
}

async function makeCases({ plan, data }: Context): Promise<Case[]> {
  const cases: Case[] = []
  for (const size of plan.sizes) {
    const { jpeg } = data.photo(size)
    const copy = await prepareImage(await inspectImage(jpeg, LIMITS), PREPARE_OPTIONS)
    const full: PreparedImage = { ...copy, data: jpeg, width: size.width, height: size.height }
    const add = (name: string, isPeer: boolean, run: () => Promise<number>) =>
      cases.push({ id: previewId(name, size), unit: 'ms', isPeer, warmUps: 2, run })
    add(PREVIEW_OF_COPY, false, () => time(() => previewOf(copy)))
    add(PREVIEW, false, () => time(() => previewOf(full)))
    add(PREVIEW_FLOOR, true, () => timeSharp(() => downscale(jpeg)))
  }
  return cases
}
