import { isFreshSeed } from './seed.ts'
import * as fc from './seeded-fast-check.ts'

/** With the fixed seed, every run tests the same cases, so a tenth of them is enough. */
const FIXED_SEED_SHARE = 0.1

/**
 * Tests a property with `numRuns` random cases if the seed is fresh, else with a tenth of them.
 * @returns the failure as fast-check reports it, with the seed that repeats it, or undefined
 */
export async function counterexample(
  property: fc.IRawProperty<unknown>,
  numRuns: number,
): Promise<string | undefined> {
  const details = await fc.check(property, {
    numRuns: isFreshSeed ? numRuns : Math.ceil(numRuns * FIXED_SEED_SHARE),
  })
  return fc.defaultReportMessage(details)
}
