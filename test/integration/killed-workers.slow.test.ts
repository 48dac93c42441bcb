import { expect, it } from 'vitest'
import { Random } from '../model/random.ts'
import { killWorkers } from '../reliability/killed/kill-workers.ts'
import { runSeed } from '../support/seed.ts'

it('photos are annotated, and nothing is left over, when worker processes are killed over them', {
  timeout: 240_000,
}, async () => {
  const random = new Random(runSeed)
  const { kills, crashes, photos, broken } = await killWorkers(5, () => random.next())
  expect(broken).toEqual([])
  expect(kills).toBeGreaterThanOrEqual(5)
  expect(photos).toBeGreaterThanOrEqual(2)
  // Some died with a claim in their hands, or nothing was shown.
  expect(crashes).toBeGreaterThan(0)
})
