import { heard } from './log-lines.ts'
import type { Options, Result } from './simulate.ts'

/** A simulation whose logs are in the traces of its photos. */
export async function simulateHeard(options: Options): Promise<Result> {
  return heard(async () => {
    const { simulate } = await import('./simulate.ts')
    return simulate(options)
  })
}
