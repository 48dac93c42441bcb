import { afterEach, describe, expect, it, vi } from 'vitest'
import { readConfig } from '../../../../functions/src/config/read-config.ts'
import { NO_USAGE } from '../../../../functions/src/document/usage.ts'
import { VisionError } from '../../../../functions/src/errors.ts'
import { ModelFailure } from '../../../../functions/src/ports/vision-model.ts'
import { type Meter, spend } from '../../../../functions/src/quota/spend.ts'
import { memoryQuota, unlimitedQuota } from '../../../../functions/src/stores/memory/memory-quota.ts'
import { modelFailure } from '../../../support/model-failure.ts'
import { exactly } from '../../../support/quota-limits.ts'

const NOW = new Date('2026-11-22T12:00:00Z')
const CONFIG = readConfig({})
const ALICE = { uid: 'alice', kind: 'call', account: 'verified' } as const
const answer = { ...NO_USAGE, totalTokens: 320 }

/** The settled tokens of a call with an estimate of 1,000 tokens. */
async function settled(run: (meter: Meter) => Promise<unknown>): Promise<number> {
  const quota = unlimitedQuota()
  await Promise.allSettled([spend(ALICE, exactly(1000), { quota, now: () => NOW }, CONFIG, run)])
  expect(quota.settled).toHaveLength(1)
  return quota.settled[0]!.spent
}

/** An attempt that fails with `error`, after an answer with `tokens`. */
const failWith =
  (error: Error, tokens = 0) =>
  async (meter: Meter) => {
    if (tokens > 0) meter.add({ totalTokens: tokens })
    await meter.begin()
    if (error instanceof ModelFailure) meter.settle(error)
    throw error
  }

describe('spend()', () => {
  it('settles the usage of answers', async () => {
    expect(await settled(async (meter) => meter.add(answer))).toBe(320)
  })

  it.each([
    ['a response of 503', modelFailure('model-unavailable'), 0],
    ['a refused request', modelFailure('model-refused-request'), 0],
    ['a bug', new Error('scripted'), 0],
    ['a time-out', modelFailure('model-timeout'), 1000],
    ['a lost connection', modelFailure('model-unavailable', { billing: 'unknown' }), 1000],
    ['a damaged body', modelFailure('model-unavailable', { billing: 'billed' }), 1000],
  ])('after %s (%o) costs %i tokens', async (_, error, tokens) => {
    expect(await settled(failWith(error))).toBe(tokens)
  })

  it('settles answers before a failure', async () => {
    expect(await settled(failWith(new Error('scripted'), 320))).toBe(320)
    expect(await settled(failWith(modelFailure('model-timeout'), 1500))).toBe(2500)
  })

  it('costs nothing if it ended before a request was sent', async () => {
    const gone = new VisionError('cancelled', 'scripted')
    expect(await settled(async () => Promise.reject(gone))).toBe(0)
  })

  it('costs the estimate for each attempt that may have been billed, also before an answer', async () => {
    const timeouts = async (meter: Meter) => {
      meter.settle(modelFailure('model-timeout'))
      meter.settle(modelFailure('model-timeout'))
    }
    expect(await settled(timeouts)).toBe(2000)
    const answered = async (meter: Meter) => {
      await timeouts(meter)
      meter.settle()
      meter.add(answer)
    }
    expect(await settled(answered)).toBe(2320)
  })

  it('costs the estimate if the answer reports no usage', async () => {
    expect(await settled(async (meter) => meter.add({ totalTokens: 0 }))).toBe(1000)
  })

  it('runs nothing without a reservation', async () => {
    const quota = memoryQuota()
    const run = vi.fn<(meter: Meter) => Promise<void>>(async (meter) => meter.add(answer))
    const call = async () =>
      spend(ALICE, exactly(1000), { quota, now: () => NOW }, { ...CONFIG, callsPerMinute: 2 }, run)
    await call()
    await call()
    await expect(call()).rejects.toMatchObject({ code: 'calls-exceeded', retryAfterMs: 60_000 })
    expect(run).toHaveBeenCalledTimes(2)
    expect(quota.projectTokens).toEqual(new Map([['2026-11-22', 640]]))
  })
})

describe('spend() when the settlement cannot be written', () => {
  afterEach(() => void vi.restoreAllMocks())

  it.each([
    ['returns the answer', async () => 'an answer', { status: 'fulfilled', value: 'an answer' }],
    [
      'throws the failure',
      failWith(modelFailure('model-timeout')),
      { status: 'rejected', reason: { code: 'model-timeout' } },
    ],
  ])('%s, and logs the error', async (_, run, end) => {
    const log = vi.spyOn(console, 'error').mockReturnValue()
    const down = new Error('scripted: the store is down')
    const quota = { ...unlimitedQuota(), settle: async () => Promise.reject(down) }
    const [result] = await Promise.allSettled([
      spend<unknown>(ALICE, exactly(1000), { quota, now: () => NOW }, CONFIG, run),
    ])
    expect(result).toMatchObject(end)
    expect(log).toHaveBeenCalledWith(expect.stringContaining('Cannot settle'), down)
  })
})
