import { beforeEach, describe, expect, it, vi } from 'vitest'
import { FLEX_REQUEST_SECONDS, FLEX_RESERVE_SECONDS } from '../../../functions/src/config/time-limits.ts'
import { VisionError } from '../../../functions/src/errors.ts'
import { paceOf, RequestPacer, requestPacers } from '../../../functions/src/model/request-pacer.ts'
import { RETRY_POLICY, withRetry } from '../../../functions/src/model/retry.ts'
import {
  type BillableAttempts,
  type FailureFacts,
  ModelFailure,
  type ModelRequest,
} from '../../../functions/src/ports/vision-model.ts'
import { VirtualClock } from '../../reliability/virtual-clock.ts'

let virtual: VirtualClock
beforeEach(() => {
  virtual = new VirtualClock(0)
})

const clock = {
  now: () => virtual.nowMs,
  after: (ms: number, run: () => void) => {
    let isStopped = false
    virtual.after(ms, () => {
      if (!isStopped) run()
    })
    return () => {
      isStopped = true
    }
  },
  random: () => 0,
}
const settle = async () => new Promise((resolve) => setImmediate(resolve))

/** Lets the time pass, and what waits for it happen. */
async function pass(ms: number): Promise<void> {
  const until = virtual.nowMs + ms
  await settle()
  while ((virtual.nextMs ?? Number.POSITIVE_INFINITY) <= until) {
    virtual.step()
    await settle()
  }
  virtual.nowMs = until
}

/** Asks for turns. @returns when each started, in seconds, and the codes of the refused ones */
function turns(pacer: RequestPacer, count: number, options = {}) {
  const ends: (number | string)[] = []
  for (let index = 0; index < count; index++) {
    void pacer.turn({ maxWaitMs: 600_000, ...options }).then(
      (refusal) => ends.push(refusal?.code ?? virtual.nowMs / 1000),
      (error: VisionError) => ends.push(error.code),
    )
  }
  return ends
}

function failureOf(facts: Partial<FailureFacts>, retryAfterMs?: number): ModelFailure {
  const all: FailureFacts = { fault: 'rate-limited', billing: 'free', scope: 'request', ...facts }
  return new ModelFailure('model-rate-limited', 'Injected', all, { retryAfterMs })
}

describe('RequestPacer', () => {
  it('starts both requests of a photo at once, and never more than the limit within a minute', async () => {
    const starts = turns(new RequestPacer(60, clock), 200) as number[]
    await pass(600_000)
    expect(starts).toHaveLength(200)
    expect(starts.slice(0, 2)).toEqual([0, 0])
    const inMinuteFrom = (from: number) => starts.filter((at) => at >= from && at < from + 60).length
    expect(Math.max(...starts.map(inMinuteFrom))).toBeLessThanOrEqual(60)
    // 200 s at the limit.
    expect(starts.at(-1)).toBeLessThan(206)
  })

  it('spaces requests evenly below ten a minute', async () => {
    const starts = turns(new RequestPacer(2, clock), 3)
    await pass(120_000)
    expect(starts).toEqual([0, 30.5, 61])
  })

  it('starts at most two requests together after a pause', async () => {
    const pacer = new RequestPacer(61, clock)
    turns(pacer, 2)
    await pass(60_000)
    const starts = turns(pacer, 3)
    await pass(10_000)
    expect(starts).toEqual([60, 60, 61.017])
  })

  it('refuses a request at once that cannot start in time, without a turn', async () => {
    const pacer = new RequestPacer(5, clock)
    turns(pacer, 3)
    const refused = await pacer.turn({ maxWaitMs: 30_000 })
    expect(refused).toMatchObject({ code: 'model-rate-limited', billing: 'free', retryAfterMs: 36_600 })
    const next = turns(pacer, 1)
    await pass(40_000)
    expect(next).toEqual([36.6])
  })

  it('starts requests for which a caller waits before the others', async () => {
    const pacer = new RequestPacer(5, clock)
    const photos = turns(pacer, 3)
    const calls = turns(pacer, 2, { isAwaited: true })
    await pass(60_000)
    expect({ photos, calls }).toEqual({ photos: [0, 36.6, 48.8], calls: [12.2, 24.4] })
  })

  it('delays all requests when the service asks one to wait, and refuses those that are too late then', async () => {
    const pacer = new RequestPacer(60, clock)
    turns(pacer, 2)
    const [patient, impatient] = [turns(pacer, 1), turns(pacer, 1, { maxWaitMs: 10_000 })]
    pacer.failed(failureOf({}, 20_000))
    await pass(0)
    expect(impatient).toEqual(['model-rate-limited'])
    await pass(30_000)
    expect(patient).toEqual([20])
  })

  it('does not send the waiting requests when the model serves none', async () => {
    const pacer = new RequestPacer(5, clock)
    turns(pacer, 1)
    const waiting = pacer.turn({ maxWaitMs: 600_000 })
    pacer.failed(failureOf({ fault: 'final', scope: 'model' }, 3_600_000))
    expect(await waiting).toMatchObject({
      fault: 'final',
      scope: 'model',
      billing: 'free',
      retryAfterMs: 3_600_000,
    })
  })

  it('ends the wait when the request is aborted, and gives the turn to the next one', async () => {
    const pacer = new RequestPacer(5, clock)
    turns(pacer, 1)
    const controller = new AbortController()
    const aborted = turns(pacer, 1, { signal: controller.signal })
    const next = turns(pacer, 1)
    controller.abort(new VisionError('interrupted', 'The instance is shut down'))
    await pass(13_000)
    expect({ aborted, next }).toEqual({ aborted: ['interrupted'], next: [12.2] })
  })
})

describe('requestPacers()', () => {
  it('gives each model a limit of its own, and none with 0', () => {
    const pacerOf = requestPacers(60)
    expect(pacerOf('a')).toBe(pacerOf('a'))
    expect(pacerOf('a')).not.toBe(pacerOf('b'))
    expect(requestPacers(0)('a')).toBeUndefined()
  })
})

describe('withRetry() with a pace', () => {
  const begin = vi.fn<BillableAttempts['begin']>(async () => undefined)
  const waits: number[] = []
  const attempts = { begin, waited: (ms: number) => void waits.push(ms) }
  const paceWith = (pacer: RequestPacer, leftMs = 240_000, timeoutMs = 60_000) =>
    paceOf(pacer, { timeLeftMs: () => leftMs } as ModelRequest, timeoutMs, undefined)
  beforeEach(() => {
    begin.mockClear()
  })

  it('counts an attempt when its turn has come, not before', async () => {
    const pacer = new RequestPacer(5, clock)
    turns(pacer, 1)
    const sent = withRetry(async () => virtual.nowMs, RETRY_POLICY, { attempts, pace: paceWith(pacer) })
    await pass(10_000)
    expect(begin).not.toHaveBeenCalled()
    await pass(3000)
    expect(await sent).toEqual({ value: 12_200 })
    expect(begin).toHaveBeenCalledOnce()
  })

  it('neither counts nor sends a request that leaves no time for its answer', async () => {
    const pacer = new RequestPacer(1, clock)
    turns(pacer, 1)
    const request = vi.fn<() => Promise<string>>(async () => 'sent')
    const sent = await withRetry(request, RETRY_POLICY, { attempts, pace: paceWith(pacer, 120_000) })
    expect(sent).toMatchObject({ failure: { code: 'model-rate-limited', retryAfterMs: 61_000 } })
    expect(request).not.toHaveBeenCalled()
    expect(begin).not.toHaveBeenCalled()
    // An attempt may take all of the time: then half of it is left for the answer.
    const long = withRetry(request, RETRY_POLICY, { pace: paceWith(pacer, 130_000, 240_000) })
    await pass(61_000)
    expect(await long).toEqual({ value: 'sent' })
  })

  it('does not wait at the tier flex for the time that the standard tier needs', async () => {
    const pacer = new RequestPacer(1, clock)
    turns(pacer, 1)
    const enoughMs = (FLEX_REQUEST_SECONDS + FLEX_RESERVE_SECONDS) * 1000
    const turnWith = async (leftMs: number) =>
      paceOf(pacer, { timeLeftMs: () => leftMs } as ModelRequest, 60_000, undefined, 'flex')!.turn()
    expect(await turnWith(enoughMs + 60_000)).toMatchObject({ code: 'model-rate-limited' })
    const inTime = turnWith(enoughMs + 61_000)
    await pass(61_000)
    expect(await inTime).toBeUndefined()
  })

  it('paces retries too, and returns the failure of the request if there is no time for them', async () => {
    const pacer = new RequestPacer(1, clock)
    const failure = failureOf({ fault: 'transient' })
    const request = vi.fn<() => Promise<never>>(async () => Promise.reject(failure))
    const pacing = { sleep: async () => undefined, random: () => 0 }
    const sent = await withRetry(request, RETRY_POLICY, { attempts, pace: paceWith(pacer, 100_000), pacing })
    expect(sent).toEqual({ failure })
    expect(request).toHaveBeenCalledOnce()
  })

  it('passes the wait that the service asks for to the other requests', async () => {
    const pacer = new RequestPacer(60, clock)
    const rejected = async () => Promise.reject(failureOf({}, 60_000))
    await withRetry(rejected, RETRY_POLICY, { attempts, pace: paceWith(pacer) })
    const other = turns(pacer, 1)
    await pass(70_000)
    expect(other).toEqual([60])
  })
})
