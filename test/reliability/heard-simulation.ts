import type { Crashes } from './crash-everywhere.ts'
import { heard } from './log-lines.ts'
import type { Options, Result } from './simulate.ts'

/** A simulation whose logs are in the traces of its photos. */
export async function simulateHeard(options: Options): Promise<Result> {
  return heard(async () => {
    const { simulate } = await import('./simulate.ts')
    return simulate(options)
  })
}

/** The same of workers that die everywhere. */
export async function crashEverywhereHeard(): Promise<Crashes> {
  return heard(async () => {
    const { crashEverywhere } = await import('./crash-everywhere.ts')
    return crashEverywhere()
  })
}
