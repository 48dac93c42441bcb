import { expect, it } from 'vitest'
import { Random } from '../model/random.ts'
import { killWorkers } from '../reliability/killed/kill-workers.ts'
import { runSeed } from '../support/seed.ts'

it('onImageUploaded() and onSweep() finish every photo and leave no orphans when worker processes are killed', {
  timeout: 240_000,
}, async () => {
  const random = new Random(runSeed)
  const { kills, crashes, photos, violations } = await killWorkers(5, () => random.next())
  expect(violations).toEqual([])
  expect(kills).toBeGreaterThanOrEqual(5)
  expect(photos).toBeGreaterThanOrEqual(2)
  // Some processes must be killed while they hold a lease.
  expect(crashes).toBeGreaterThan(0)
})
