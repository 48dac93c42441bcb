import { prepareImage } from '../../functions/src/image/prepare.ts'
import { inspectImage } from '../../functions/src/image/source-image.ts'
import { VARIANTS, type Variant } from '../data/files.ts'
import { Measurements } from '../measure/measurements.ts'
import { type Case, measureRounds, time } from '../measure/rounds.ts'
import { downscale, downscaleAsDocumented, timeSharp } from '../peers/sharp.ts'
import { type Context, figure, type Part, type PartResult, times } from './part.ts'

export const PREPARE = 'prepare'
export const DOWNSCALE = 'libvips: downscale alone'
const DOCUMENTED = 'sharp: downscale as documented'
const PILLOW = 'Pillow: downscale'
const INSPECT = 'inspect (header, SHA-256)'

/** Limits above all photos of the bench, so that the checks run but do not reject. */
export const LIMITS = { maxImageBytes: 50 * 2 ** 20, maxImagePixels: 100_000_000, heic: 'off' as const }
export const PREPARE_OPTIONS = { fullResolution: false, maxImagePixels: LIMITS.maxImagePixels }

export function prepareId(name: string, variant: Variant): string {
  return `${name}, ${variant}`
}

export const prepare: Part = {
  name: 'prepare',
  title: 'The copy for the model',
  async measure(context: Context): Promise<PartResult> {
    const { rounds, sizes } = context.plan
    const measurements = await measureRounds(await makeCases(context), { rounds, ...context })
    const measured = new Measurements(measurements)
    const names = [INSPECT, PREPARE, DOWNSCALE, DOCUMENTED, PILLOW]
    return {
      measurements,
      tables: [
        {
          title: `Time, ${sizes[1].name}`,
          columns: [...VARIANTS],
          rows: names.map((name) => ({
            name: name === PREPARE || name === INSPECT ? `**our ${name}**` : name,
            cells: VARIANTS.map((variant) => figure('ms', measured.summary(prepareId(name, variant)))),
          })),
        },
        {
          title: 'Our prepare ÷ the other, of the same photo',
          columns: [...VARIANTS],
          rows: [DOWNSCALE, DOCUMENTED, PILLOW].map((name) => ({
            name,
            cells: VARIANTS.map((variant) =>
              times(measured.ratio(prepareId(PREPARE, variant), prepareId(name, variant))),
            ),
          })),
        },
      ],
      notes: [
        '“Prepare” creates the upright sRGB copy of 1536 pixels, as JPEG, and measures its blur. “Downscale alone” creates the same ' +
          'copy without measuring the blur and without converting colours, so the colours of a Display P3 photo are wrong. ' +
          '“As documented”, sharp converts colours and optimizes the size of the JPEG. Pillow does not convert colours.',
      ],
    }
  },
}

async function makeCases({ plan, data, python }: Context): Promise<Case[]> {
  const cases: Case[] = []
  for (const variant of VARIANTS) {
    const { jpeg, path } = data.photo(plan.sizes[1], variant)
    const source = await inspectImage(jpeg, LIMITS)
    const add = (name: string, isPeer: boolean, run: () => Promise<number>) =>
      cases.push({ id: prepareId(name, variant), unit: 'ms', isPeer, warmUps: 2, run })
    add(INSPECT, false, () => time(() => inspectImage(jpeg, LIMITS)))
    add(PREPARE, false, () => time(() => prepareImage(source, PREPARE_OPTIONS)))
    add(DOWNSCALE, true, () => timeSharp(() => downscale(jpeg)))
    add(DOCUMENTED, true, () => timeSharp(() => downscaleAsDocumented(jpeg)))
    if (python) {
      const answer = data.answer(plan.usualCount).path
      add(PILLOW, true, () => python.time('pillow_downscale', path, answer))
    }
  }
  return cases
}
