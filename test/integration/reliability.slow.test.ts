import { describe, expect, it } from 'vitest'
import { simulateHeard } from '../reliability/heard-simulation.ts'
import { isBroken, renderResult, renderViolations } from '../reliability/report.ts'
import { runSeed } from '../support/seed.ts'

const UPLOADS = 150

describe('the functions, under crashes, duplicates, zombies and a faulty model', () => {
  it.each([
    ['the fixed seed', 1],
    ['the seed of this run', runSeed],
  ])('violate no invariant with %s', { timeout: 300_000 }, async (_, seed) => {
    const result = await simulateHeard({ uploads: UPLOADS, seed })
    const again = `npm run test:reliability -- --uploads ${UPLOADS} --seed ${seed}`
    const told = `Again: ${again}\n${renderResult(result)}\n\n${renderViolations(result)}`
    expect(isBroken(result) ? told : 'kept').toBe('kept')
    // A world without faults would prove nothing, nor would one in which every photo fails.
    const { tally, statuses, geminiFaults } = result
    for (const fault of ['duplicates', 'events lost', 'crashes', 'zombies', 'shutdowns', 'store errors'])
      expect(tally.of(fault), `number of ${fault}`).toBeGreaterThan(0)
    expect(Object.keys(geminiFaults).length).toBeGreaterThan(8)
    const photos = Object.values(statuses).reduce((sum, count) => sum + count, 0)
    expect(statuses.succeeded).toBeGreaterThan(0.9 * photos)
  })
})
