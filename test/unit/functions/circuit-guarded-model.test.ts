import { beforeEach, describe, expect, it, vi } from 'vitest'
import { type ErrorCode, VisionError } from '../../../functions/src/errors.ts'
import { guardedModel } from '../../../functions/src/model/guarded-model.ts'
import type { OpenCircuit } from '../../../functions/src/ports/circuit-store.ts'
import type { ModelRequest } from '../../../functions/src/ports/vision-model.ts'
import { memoryCircuit } from '../../../functions/src/stores/memory/memory-circuit.ts'
import { eventually } from '../../support/eventually.ts'
import { modelFailure } from '../../support/model-failure.ts'
import { scriptedModel } from '../../support/vision.ts'

const START = Date.parse('2026-11-27T18:00:00Z')
let now = new Date(START)
const at = (ms: number) => {
  now = new Date(START + ms)
}
beforeEach(() => at(0))

const request = (model = 'gemini-3.8-flash'): ModelRequest => ({
  model,
  systemInstruction: 'You describe',
  parts: [{ text: 'Describe.' }],
  thinking: 'least',
  maxOutputTokens: 10,
})
const failing = (code: ErrorCode, options = {}) =>
  code.startsWith('model-') ? modelFailure(code, options) : new VisionError(code, 'scripted')

/** An instance whose model answers with `replies`, and then repeats the last. */
function instanceOf(store: ReturnType<typeof countingCircuit>, ...replies: (VisionError | object)[]) {
  const { model, requests } = scriptedModel({ describe: replies })
  return { model: guardedModel(model, store, () => now), requests }
}

function countingCircuit() {
  const store = memoryCircuit()
  const counts = { reads: 0, writes: 0 }
  return {
    circuits: store.circuits,
    counts,
    async read(key: string) {
      counts.reads++
      return store.read(key)
    },
    async open(key: string, circuit: OpenCircuit, time: Date) {
      counts.writes++
      await store.open(key, circuit, time)
    },
  }
}

const closed = { describe: 'an answer' }

describe('guardedModel()', () => {
  it('adds the time until the circuit closes to the failure that opens it, and keeps its cause', async () => {
    const cause = new Error('scripted: 400')
    const { model } = instanceOf(countingCircuit(), failing('model-misconfigured', { cause }))
    await expect(model.generate(request())).rejects.toMatchObject({
      name: 'VisionError',
      code: 'model-misconfigured',
      message: 'scripted',
      retryAfterMs: 300_000,
      cause,
    })
  })

  it('sends and counts nothing while a circuit is open, in generate() and stream()', async () => {
    const { model, requests } = instanceOf(countingCircuit(), failing('model-misconfigured'))
    await expect(model.generate(request())).rejects.toThrow(VisionError)
    at(299_000)
    const attempts = { begin: vi.fn<() => Promise<undefined>>(), settle: () => undefined }
    const refused = { code: 'model-misconfigured', retryAfterMs: 1000 }
    await expect(model.generate({ ...request(), attempts })).rejects.toMatchObject(refused)
    await expect(model.stream({ ...request(), attempts }).next()).rejects.toMatchObject(refused)
    expect(requests).toHaveLength(1)
    expect(attempts.begin).not.toHaveBeenCalled()
  })

  it('reads the circuits before the first request with warmUp()', async () => {
    const store = countingCircuit()
    const { model } = instanceOf(store, closed)
    model.warmUp!(request().model)
    expect(store.counts.reads).toBe(2)
    await model.generate(request())
    expect(store.counts.reads).toBe(2)
  })

  it('sends requests when the time is over, and opens again if they fail', async () => {
    const store = countingCircuit()
    const code = 'model-misconfigured'
    const { model, requests } = instanceOf(store, failing(code), failing(code), closed)
    await expect(model.generate(request())).rejects.toThrow(VisionError)
    at(300_000)
    await expect(model.generate(request())).rejects.toMatchObject({ retryAfterMs: 300_000 })
    expect(store.circuits.get('gemini-api')).toEqual({ code, openUntil: new Date(START + 600_000) })
    at(599_999)
    await expect(model.generate(request())).rejects.toMatchObject({ retryAfterMs: 1 })
    expect(requests).toHaveLength(2)
    at(600_000)
    await expect(model.generate(request())).resolves.toMatchObject({ text: JSON.stringify(closed) })
  })

  it('writes each opening of a closed circuit', async () => {
    const store = countingCircuit()
    const { model } = instanceOf(store, failing('model-budget-spent', { retryAfterMs: 10_000 }))
    await expect(model.generate(request())).rejects.toMatchObject({ retryAfterMs: 10_000 })
    at(10_000)
    await expect(model.generate(request())).rejects.toMatchObject({ retryAfterMs: 10_000 })
    expect(store.counts.writes).toBe(2)
  })

  it('opens for a failed stream too', async () => {
    const store = countingCircuit()
    const { model } = instanceOf(store, failing('model-budget-spent', { retryAfterMs: 7_200_000 }))
    await expect(model.stream(request()).next()).rejects.toMatchObject({ retryAfterMs: 7_200_000 })
    expect(store.circuits.get('gemini-api')?.code).toBe('model-budget-spent')
  })

  it.each(['model-not-found', 'model-day-limit'] as const)('for %s blocks only that model', async (code) => {
    const { model, requests } = instanceOf(countingCircuit(), failing(code), closed)
    await expect(model.generate(request('one'))).rejects.toMatchObject({ code })
    await expect(model.generate(request('one'))).rejects.toMatchObject({ code })
    expect(requests).toHaveLength(1)
    await expect(model.generate(request('other'))).resolves.toMatchObject({ truncated: false })
  })

  it.each(['model-misconfigured', 'model-budget-spent'] as const)(
    'for %s blocks all models',
    async (code) => {
      const { model, requests } = instanceOf(countingCircuit(), failing(code), closed)
      await expect(model.generate(request('one'))).rejects.toMatchObject({ code })
      await expect(model.generate(request('other'))).rejects.toMatchObject({ code })
      expect(requests).toHaveLength(1)
    },
  )

  it('passes other failures and answers on, and writes nothing', async () => {
    const store = countingCircuit()
    const busy = failing('model-rate-limited', { retryAfterMs: 20 })
    const { model } = instanceOf(store, busy, failing('blocked-safety'), closed)
    await expect(model.generate(request())).rejects.toBe(busy)
    await expect(model.generate(request())).resolves.toMatchObject({ failure: { code: 'blocked-safety' } })
    await model.generate(request())
    expect(store.counts.writes).toBe(0)
    expect(store.circuits.size).toBe(0)
  })

  it('reads each circuit once in 30 s, and again when the clock went back', async () => {
    const store = countingCircuit()
    const { model, requests } = instanceOf(store, closed)
    await Promise.all(Array.from({ length: 80 }, async () => model.generate(request())))
    at(29_999)
    await model.generate(request())
    expect(store.counts.reads).toBe(2)
    at(30_000)
    await model.generate(request())
    expect(store.counts.reads).toBe(4)
    at(0)
    await model.generate(request())
    expect(store.counts.reads).toBe(6)
    expect(requests).toHaveLength(83)
  })

  it("applies its own opening at once, and another instance's within 30 s", async () => {
    const store = countingCircuit()
    const one = instanceOf(store, failing('model-misconfigured'))
    const other = instanceOf(store, closed)
    await other.model.generate(request())
    await expect(one.model.generate(request())).rejects.toThrow(VisionError)
    await expect(one.model.generate(request())).rejects.toThrow(VisionError)
    expect(one.requests).toHaveLength(1)
    at(29_999)
    await other.model.generate(request())
    at(30_000)
    const refused = { code: 'model-misconfigured', retryAfterMs: 270_000 }
    await expect(other.model.generate(request())).rejects.toMatchObject(refused)
    expect(other.requests).toHaveLength(2)
  })

  it('prefers its own opening to an earlier read', async () => {
    const store = countingCircuit()
    const { promise: hanging, reject } = Promise.withResolvers<never>()
    const { model: asked, requests } = scriptedModel({ describe: [async () => hanging, closed] })
    let lastRead = Promise.resolve()
    const reading = { ...store, read: async (key: string) => lastRead.then(async () => store.read(key)) }
    const model = guardedModel(asked, reading, () => now)
    const first = model.generate(request()).catch((error: unknown) => error)
    await eventually(() => expect(requests).toHaveLength(1))
    at(30_000)
    const { promise, resolve } = Promise.withResolvers<void>()
    lastRead = promise
    const second = model.generate(request()).catch((error: unknown) => error)
    reject(failing('model-misconfigured'))
    expect(await first).toMatchObject({ code: 'model-misconfigured' })
    store.circuits.clear()
    resolve()
    expect(await second).toMatchObject({ code: 'model-misconfigured' })
    expect(requests).toHaveLength(1)
  })

  it('sends requests within 30 s after the circuit was deleted', async () => {
    const store = countingCircuit()
    const { model } = instanceOf(store, failing('model-misconfigured'), closed)
    await expect(model.generate(request())).rejects.toThrow(VisionError)
    store.circuits.clear()
    at(30_000)
    await expect(model.generate(request())).resolves.toMatchObject({ truncated: false })
  })

  it('writes once for concurrent failures, and again for a longer time', async () => {
    const store = countingCircuit()
    const misconfigured = failing('model-misconfigured')
    const { model, requests } = instanceOf(
      store,
      ...Array.from({ length: 20 }, () => misconfigured),
      failing('model-budget-spent'),
    )
    const settled = await Promise.allSettled(
      Array.from({ length: 21 }, async () => model.generate(request())),
    )
    expect(requests).toHaveLength(21)
    const reasons = settled.map((end) => (end as PromiseRejectedResult).reason as VisionError)
    expect(reasons.map(({ retryAfterMs }) => retryAfterMs)).toEqual([
      ...Array.from({ length: 20 }, () => 300_000),
      3_600_000,
    ])
    expect(store.counts.writes).toBe(2)
    expect(store.circuits.get('gemini-api')?.code).toBe('model-budget-spent')
  })
})
