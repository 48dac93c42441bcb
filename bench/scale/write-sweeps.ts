// `npm run measure:scale`: writes docs/scale/sweeps.json, from which docs/scale.md is generated. Arguments: other
// numbers of photos.
import { writeFileSync } from 'node:fs'
import { loadSweeps, SWEEPS_FILE, type Sweeps } from '../../tools/scale/sweeps.ts'
import { simulateSweeps } from './simulate-sweeps.ts'

/** Numbers of photos. A test counts the smallest one again. */
const LIBRARIES = [1000, 10_000, 1_000_000]

const given = process.argv.slice(2).map(Number)
const libraries: Sweeps['libraries'] = []
for (const photos of given.length > 0 ? given : LIBRARIES) {
  process.stderr.write(`sweeps of ${photos} photos\n`)
  libraries.push(await simulateSweeps(photos))
}
const { before } = loadSweeps()
writeFileSync(SWEEPS_FILE, `${JSON.stringify({ before, libraries }, undefined, 2)}\n`)
