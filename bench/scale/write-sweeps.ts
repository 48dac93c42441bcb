// `npm run measure:scale`: writes docs/scale/sweeps.json, from which docs/scale.md is generated.
import { writeFileSync } from 'node:fs'
import { loadSweeps, SWEEPS_FILE, type Sweeps } from '../../tools/scale/sweeps.ts'
import { simulateSweeps } from './simulate-sweeps.ts'

const { before, libraries } = loadSweeps()
const measured: Sweeps['libraries'] = []
for (const { photos } of libraries) {
  process.stderr.write(`sweeps of ${photos} photos\n`)
  measured.push(await simulateSweeps(photos))
}
writeFileSync(SWEEPS_FILE, `${JSON.stringify({ before, libraries: measured }, undefined, 2)}\n`)
