import * as fc from './seeded-fast-check.ts'

/** What fast-check found against a property, in its words, with the seed to find it again; undefined if nothing. */
export async function counterexample(
  property: fc.IRawProperty<unknown>,
  numRuns: number,
): Promise<string | undefined> {
  const details = await fc.check(property, { numRuns })
  return fc.defaultReportMessage(details)
}
