import { expect, it } from 'vitest'
import { simulateSweeps } from '../../../bench/scale/simulate-sweeps.ts'
import { capacities, demandOf } from '../../../tools/scale/rates.ts'
import { loadSweeps, operationsOf } from '../../../tools/scale/sweeps.ts'

it('docs/scale/sweeps.json has the operations that sweeps cost (npm run measure:scale)', async () => {
  const [smallest] = loadSweeps().libraries
  expect(await simulateSweeps(smallest!.photos)).toEqual(smallest)
})

it('operationsOf() returns the counted operations of the largest library', () => {
  const { photos, newPhotos, ...counted } = loadSweeps().libraries.at(-1)!
  for (const kind of ['full', 'idle', 'quiet', 'daily'] as const) {
    expect(operationsOf(kind, photos, newPhotos)).toEqual(counted[kind])
  }
})

it('demandOf() fills each instance before it starts another one', () => {
  const most = capacities().find(({ name }) => name.startsWith('Instances'))!
  expect(demandOf(most.byDefault).instances).toBe(5)
  expect(demandOf(most.byDefault * 1.01).instances).toBe(6)
})
