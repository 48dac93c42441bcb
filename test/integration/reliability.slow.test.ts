import { describe, expect, it } from 'vitest'
import { simulateWithLogs } from '../reliability/captured-logs.ts'
import { isBroken, renderResult, renderViolations } from '../reliability/report.ts'
import { runSeed } from '../support/seed.ts'

const UPLOADS = 150

describe('the functions, under crashes, duplicates, paused workers and a faulty model', () => {
  it.each([
    ['the fixed seed', 1],
    ['the seed of this run', runSeed],
  ])('violate no invariant with %s', { timeout: 300_000 }, async (_, seed) => {
    const result = await simulateWithLogs({ uploads: UPLOADS, seed })
    const replay = `npm run test:reliability -- --uploads ${UPLOADS} --seed ${seed}`
    const report = `Replay: ${replay}\n${renderResult(result)}\n\n${renderViolations(result)}`
    expect(isBroken(result) ? report : '').toBe('')
    // The run must contain every kind of fault, and most photos must succeed.
    const { tally, statuses, geminiFaults } = result
    for (const fault of [
      'duplicates',
      'events lost',
      'crashes',
      'paused workers',
      'shutdowns',
      'store errors',
      'backfill tasks',
    ])
      expect(tally.of(fault), `number of ${fault}`).toBeGreaterThan(0)
    expect(Object.keys(geminiFaults).length).toBeGreaterThan(8)
    const photos = Object.values(statuses).reduce((sum, count) => sum + count, 0)
    expect(statuses.succeeded).toBeGreaterThan(0.9 * photos)
  })
})
