import { expect, it } from 'vitest'
import { simulateSweeps } from '../../../bench/scale/simulate-sweeps.ts'
import { capacities, demandOf } from '../../../tools/scale/rates.ts'
import { elapsedHours, scanHours, scanLimits } from '../../../tools/scale/sweep-times.ts'
import { loadSweeps, operationsOf } from '../../../tools/scale/sweeps.ts'

it('docs/scale/sweeps.json has the operations that sweeps cost (npm run measure:scale)', async () => {
  const { libraries, outputBucket } = loadSweeps()
  const [smallest] = libraries
  expect(await simulateSweeps(smallest!.photos)).toEqual(smallest)
  const [other] = outputBucket
  expect(await simulateSweeps(other!.photos, { outputBucket: true })).toEqual(other)
})

it('the daily sweep of 1,000,000 photos reads at most 40,000 documents, also with OUTPUT_BUCKET', () => {
  const { libraries, outputBucket } = loadSweeps()
  for (const { photos, newPhotos, daily } of [libraries.at(-1)!, outputBucket.at(-1)!]) {
    expect({ photos, newPhotos }).toEqual({ photos: 1_000_000, newPhotos: 10_000 })
    expect(daily.firestoreReads).toBeLessThanOrEqual(40_000)
  }
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

it('scanHours() adds the times of lists, documents and lookups', () => {
  // Each 2,520 s: 336,000 x 60 ms on 8 ranges, 8,400,000 / 50 x 30 ms on 2 readers, 5,040,000 x 40 ms on 80.
  // A sweep works for 7 of 10 minutes, so each takes an hour.
  const lists = { storageClassA: 336_000 }
  const documents = { firestoreReads: 8_400_000 }
  const lookups = { storageClassB: 5_040_000 }
  const { daily, full } = scanHours({ ...lists, ...documents }, { ...lists, ...documents, ...lookups })
  expect(daily).toBeCloseTo(2, 9)
  expect(full).toBeCloseTo(3, 9)
})

it('elapsedHours() gives the full scan the time that the daily scan leaves, at least a third', () => {
  expect(elapsedHours({ daily: 12, full: 3 })).toEqual({ daily: 12, full: 6 })
  expect(elapsedHours({ daily: 23, full: 3 })).toEqual({ daily: 23, full: 9 })
})

it('scanLimits() names the scans that take longer than their interval', () => {
  const namesOf = (daily: number, full: number) => scanLimits({ daily, full }).map(({ name }) => name)
  expect(namesOf(24, 720)).toEqual([])
  expect(namesOf(25, 720)).toEqual(['Time of the daily scan (24 h)'])
  expect(namesOf(24, 721)).toEqual(['Time of the full scan (30 days)'])
})
