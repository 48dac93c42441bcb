import { FIRST_PHOTO, measureColdStart } from '../cold-start.ts'
import { Measurements } from '../measure/measurements.ts'
import { measurePackageSizes } from '../package-sizes.ts'
import { measureSizes } from '../size.ts'
import { type Context, figure, type Part, type PartResult, times } from './part.ts'

/** The ids of the measurements of `measureColdStart()`. */
export const OUR_START = 'our functions'
export const EVERYTHING_LOADED = 'our functions and all they load later'
export const FIREBASE_START = 'firebase-functions + firebase-admin'

/** Each sample of `FIRST_PHOTO` is the difference of two processes, so its median needs many. */
const FULL_ROUNDS = 15

export const start: Part = {
  name: 'start',
  title: 'Cold start and size',
  async measure({ plan, data, progress }: Context): Promise<PartResult> {
    progress('cold start')
    const rounds = plan.name === 'full' ? Math.max(plan.rounds, FULL_ROUNDS) : plan.rounds
    const coldStart = await measureColdStart(data.photo(plan.sizes[1]).jpeg, rounds)
    const measured = new Measurements(coldStart)
    const result: PartResult = {
      measurements: [...coldStart],
      tables: [
        {
          title: 'Import time in a new process',
          columns: ['time', `÷ ${FIREBASE_START}`],
          rows: coldStart.map(({ id }) => ({
            name: emphasised(id),
            cells: [figure('ms', measured.summary(id)), times(measured.ratio(id, FIREBASE_START))],
          })),
        },
      ],
      notes: [
        `“${FIRST_PHOTO}”: the time of a new process until the request, less that of a process that had loaded ` +
          'all files before. The calls of the stores take the time of the part `path`. Imports that run while ' +
          `the photo waits for other work anyway do not count. At least ${FULL_ROUNDS} rounds.`,
      ],
    }
    if (plan.name === 'quick') {
      result.notes.push('A quick run does not measure sizes, because that requires installing the packages.')
      return result
    }
    progress('sizes')
    const tables = { 'Deployment size': await measureSizes(), 'Package size': await measurePackageSizes() }
    for (const [title, sizes] of Object.entries(tables)) {
      const sized = new Measurements(sizes)
      result.measurements.push(...sizes)
      result.tables.push({
        title,
        columns: ['size'],
        rows: sizes.map(({ id }) => ({ name: id, cells: [figure('bytes', sized.summary(id))] })),
      })
    }
    return result
  },
}

function emphasised(id: string): string {
  return id.startsWith('our ') ? `**${id}**` : id
}
