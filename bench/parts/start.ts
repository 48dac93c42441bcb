import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Measurements } from '../measure/measurements.ts'
import type { Measurement } from '../measure/rounds.ts'
import { type Context, figure, type Part, type PartResult, times } from './part.ts'

/** Ids of what `measureColdStart()` gives. */
export const OUR_START = 'our functions'
export const FIREBASE_START = 'firebase-functions + firebase-admin'

export const start: Part = {
  name: 'start',
  title: 'Cold start and size',
  async measure({ plan, progress }: Context): Promise<PartResult> {
    const result: PartResult = { tables: [], measurements: [], notes: [] }
    progress('cold start')
    const coldStart = await measureElsewhere('cold-start.ts', 'measureColdStart', plan.rounds)
    if (coldStart) {
      const measured = new Measurements(coldStart)
      result.measurements.push(...coldStart)
      result.tables.push({
        title: 'Until all is imported, in a fresh process',
        columns: ['time', `÷ ${FIREBASE_START}`],
        rows: coldStart.map(({ id }) => ({
          name: emphasised(id),
          cells: [figure('ms', measured.summary(id)), times(measured.ratio(id, FIREBASE_START))],
        })),
      })
    } else result.notes.push('Cold start is not measured: bench/cold-start.ts is not built yet.')
    if (plan.name === 'quick') {
      result.notes.push('Sizes are not measured in a quick run: that installs the packages once more.')
      return result
    }
    progress('sizes')
    const sizes = await measureElsewhere('size.ts', 'measureSizes', plan.rounds)
    if (sizes) {
      const measured = new Measurements(sizes)
      result.measurements.push(...sizes)
      result.tables.push({
        title: 'What is deployed',
        columns: ['size'],
        rows: sizes.map(({ id }) => ({ name: id, cells: [figure('bytes', measured.summary(id))] })),
      })
    } else result.notes.push('Sizes are not measured: bench/size.ts is not built yet.')
    return result
  },
}

/** What a module of this folder measures by itself; undefined when there is no such module. */
async function measureElsewhere(
  file: string,
  name: string,
  rounds: number,
): Promise<Measurement[] | undefined> {
  const path = join(import.meta.dirname, '..', file)
  if (!existsSync(path)) return undefined
  const module = (await import(pathToFileURL(path).href)) as Record<
    string,
    (rounds: number) => Promise<Measurement[]>
  >
  const measure = module[name]
  if (!measure) throw new Error(`Cannot measure: bench/${file} exports no ${name}`)
  return measure(rounds)
}

function emphasised(id: string): string {
  return id.startsWith('our ') ? `**${id}**` : id
}
