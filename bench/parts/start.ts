import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Measurements } from '../measure/measurements.ts'
import type { Measurement } from '../measure/rounds.ts'
import { type Context, figure, type Part, type PartResult } from './part.ts'

/** The ids that `measureColdStart()` gives. */
export const OUR_START = 'our functions'
export const FIREBASE_START = 'firebase-functions + firebase-admin'

/** What is measured by modules that come with the deployed bundle: samples in milliseconds, and in bytes. */
const MEASURED_ELSEWHERE = {
  'cold-start.ts': 'measureColdStart',
  'size.ts': 'measureSizes',
} as const

export const start: Part = {
  name: 'start',
  title: 'Cold start and size',
  async measure({ progress }: Context): Promise<PartResult> {
    const result: PartResult = { tables: [], measurements: [], notes: [] }
    for (const [file, name] of Object.entries(MEASURED_ELSEWHERE)) {
      progress(name)
      const measurements = await measureElsewhere(file, name)
      if (!measurements) {
        result.notes.push(`bench/${file} is not built yet.`)
        continue
      }
      const measured = new Measurements(measurements)
      result.measurements.push(...measurements)
      result.tables.push({
        title: name === 'measureSizes' ? 'Size' : 'Until the functions are loaded, in a fresh process',
        columns: [name === 'measureSizes' ? 'size' : 'time'],
        rows: measurements.map(({ id, unit }) => ({ name: id, cells: [figure(unit, measured.summary(id))] })),
      })
    }
    return result
  },
}

/** @returns undefined when there is no such module */
async function measureElsewhere(file: string, name: string): Promise<Measurement[] | undefined> {
  const path = join(import.meta.dirname, '..', file)
  if (!existsSync(path)) return undefined
  const module = (await import(pathToFileURL(path).href)) as Record<string, () => Promise<Measurement[]>>
  const measure = module[name]
  if (!measure) throw new Error(`Cannot measure: bench/${file} exports no ${name}`)
  return measure()
}
