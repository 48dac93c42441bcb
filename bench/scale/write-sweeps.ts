// `npm run measure:scale`: writes docs/scale/sweeps.json, from which docs/scale.md is generated. Arguments: other
// numbers of photos.
import { writeFileSync } from 'node:fs'
import { loadSweeps, SWEEPS_FILE, type Sweeps } from '../../tools/scale/sweeps.ts'
import { type SweepCounts, simulateSweeps } from './simulate-sweeps.ts'

/** Numbers of photos. A test counts the smallest one again. */
const LIBRARIES = [1000, 10_000, 1_000_000]
/** With the results in a bucket of their own. */
const OUTPUT_BUCKET_LIBRARIES = [1000, 1_000_000]

async function countAll(numbers: readonly number[], outputBucket: boolean): Promise<SweepCounts[]> {
  const counted: SweepCounts[] = []
  for (const photos of numbers) {
    process.stderr.write(`sweeps of ${photos} photos${outputBucket ? ', OUTPUT_BUCKET' : ''}\n`)
    counted.push(await simulateSweeps(photos, { outputBucket }))
  }
  return counted
}

const given = process.argv.slice(2).map(Number)
const numbers = (usual: readonly number[]) => (given.length > 0 ? given : usual)
const libraries = await countAll(numbers(LIBRARIES), false)
const outputBucket = await countAll(numbers(OUTPUT_BUCKET_LIBRARIES), true)
const sweeps: Sweeps = { before: loadSweeps().before, libraries, outputBucket }
writeFileSync(SWEEPS_FILE, `${JSON.stringify(sweeps, undefined, 2)}\n`)
