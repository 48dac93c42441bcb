import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { VisionError } from '../../../functions/src/errors.ts'
import { guardedModel } from '../../../functions/src/model/guarded-model.ts'
import type { ModelRequest } from '../../../functions/src/ports/vision-model.ts'
import { memoryCircuit } from '../../../functions/src/stores/memory/memory-circuit.ts'
import { modelFailure } from '../../support/model-failure.ts'
import { scriptedModel } from '../../support/vision.ts'

const START = Date.parse('2026-11-27T18:00:00Z')
let now = new Date(START)
const at = (ms: number) => {
  now = new Date(START + ms)
}
const errors = vi.spyOn(console, 'error')
beforeEach(() => {
  at(0)
  errors.mockReset().mockImplementation(() => undefined)
})

const request: ModelRequest = {
  model: 'gemini-3.8-flash',
  systemInstruction: 'You describe',
  parts: [{ text: 'Describe.' }],
  thinking: 'least',
  maxOutputTokens: 10,
}
const down = new VisionError('storage-unavailable', 'scripted: the store is down')
const wrongKey = modelFailure('model-misconfigured')

/** A store that fails while `broken` says so. */
function breakingCircuit() {
  const store = memoryCircuit()
  const broken: { read?: Error | undefined; open?: Error | undefined } = {}
  let reads = 0
  return {
    broken,
    circuits: store.circuits,
    reads: () => reads,
    async read(key: string) {
      reads++
      if (broken.read) throw broken.read
      return store.read(key)
    },
    async open(...args: Parameters<typeof store.open>) {
      if (broken.open) throw broken.open
      await store.open(...args)
    },
  }
}

function setUp(...replies: (VisionError | object)[]) {
  const store = breakingCircuit()
  const { model, requests } = scriptedModel({ describe: replies })
  return { store, requests, model: guardedModel(model, store, () => now) }
}

describe('guardedModel() while the circuit cannot be read', () => {
  it('sends requests, reads again every 30 s, and logs each failed read', async () => {
    const { store, model, requests } = setUp({})
    store.broken.read = down
    for (const ms of [0, 1, 29_999]) {
      at(ms)
      await model.generate(request)
    }
    expect(requests).toHaveLength(3)
    expect(store.reads()).toBe(2)
    expect(errors).toHaveBeenCalledTimes(2)
    expect(errors).toHaveBeenCalledWith(expect.stringContaining('Cannot read the circuit'), down)
    at(30_000)
    await model.generate(request)
    expect(store.reads()).toBe(4)
    expect(errors).toHaveBeenCalledTimes(4)
  })

  it('applies the last known state', async () => {
    const { store, model, requests } = setUp(wrongKey, {})
    await expect(model.generate(request)).rejects.toMatchObject({ code: 'model-misconfigured' })
    store.broken.read = down
    at(100_000)
    await expect(model.generate(request)).rejects.toMatchObject({ retryAfterMs: 200_000 })
    at(300_000)
    await expect(model.generate(request)).resolves.toMatchObject({ text: '{}' })
    expect(requests).toHaveLength(2)
  })

  it('throws a failure that is not transient, and reads again with the next request', async () => {
    const { store, model, requests } = setUp({})
    store.broken.read = new TypeError('scripted: a bug')
    await expect(model.generate(request)).rejects.toBe(store.broken.read)
    store.broken.read = undefined
    await model.generate(request)
    expect(requests).toHaveLength(1)
    expect(errors).not.toHaveBeenCalled()
  })
})

describe('guardedModel() while the circuit cannot be written', () => {
  it.each([down, new TypeError('scripted: a bug')])(
    'throws the failure of the model, logs %s, and stays open for this instance until the next read',
    async (broken) => {
      const { store, model, requests } = setUp(wrongKey)
      store.broken.open = broken
      const refused = { code: 'model-misconfigured', retryAfterMs: 300_000 }
      await expect(model.generate(request)).rejects.toMatchObject(refused)
      expect(errors).toHaveBeenCalledExactlyOnceWith(
        expect.stringContaining('Cannot open the circuit gemini-api'),
        broken,
      )
      at(29_999)
      await expect(model.generate(request)).rejects.toMatchObject({ code: 'model-misconfigured' })
      expect(requests).toHaveLength(1)
      store.broken.open = undefined
      at(30_000)
      await expect(model.generate(request)).rejects.toMatchObject(refused)
      expect(requests).toHaveLength(2)
      expect(store.circuits.get('gemini-api')).toBeDefined()
    },
  )
})

describe('guardedModel() while the store does not answer', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
  afterEach(() => vi.useRealTimers())
  const never = new Promise<never>(() => undefined)
  const late = expect.objectContaining({ code: 'storage-unavailable' }) as VisionError

  it('sends the request after two seconds, and logs it', async () => {
    const { model: asked, requests } = scriptedModel({ describe: [{}] })
    const model = guardedModel(asked, { ...memoryCircuit(), read: async () => never }, () => now)
    const answer = model.generate(request)
    await vi.advanceTimersByTimeAsync(1999)
    expect(requests).toHaveLength(0)
    await vi.advanceTimersByTimeAsync(1)
    expect(await answer).toMatchObject({ text: '{}' })
    expect(errors).toHaveBeenCalledWith(expect.stringContaining('Cannot read the circuit'), late)
  })

  it('throws the failure of the model after two seconds, and logs it', async () => {
    const { model: asked } = scriptedModel({ describe: [wrongKey] })
    const model = guardedModel(asked, { ...memoryCircuit(), open: async () => never }, () => now)
    const failure = model.generate(request).catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(2000)
    expect(await failure).toMatchObject({ code: 'model-misconfigured', retryAfterMs: 300_000 })
    expect(errors).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('Cannot open the circuit'), late)
  })

  it('leaves no timer behind', async () => {
    const model = guardedModel(scriptedModel({ describe: [{}] }).model, memoryCircuit(), () => now)
    await model.generate(request)
    expect(vi.getTimerCount()).toBe(0)
  })
})
