import { randomUUID } from 'node:crypto'
import { deleteApp, getApps, initializeApp } from 'firebase-admin/app'
import { getFirestore, Timestamp } from 'firebase-admin/firestore'
import { afterAll, describe, expect, it } from 'vitest'
import { readConfig } from '../../functions/src/config/read-config.ts'
import { VisionError } from '../../functions/src/errors.ts'
import { createGenaiModel } from '../../functions/src/model/gemini/genai-model.ts'
import { guardedModel } from '../../functions/src/model/guarded-model.ts'
import type { CircuitStore } from '../../functions/src/ports/circuit-store.ts'
import type { ModelRequest } from '../../functions/src/ports/vision-model.ts'
import { getServices, replaceServices } from '../../functions/src/services.ts'
import { firestoreCircuit } from '../../functions/src/stores/firestore/firestore-circuit.ts'
import { memoryCircuit } from '../../functions/src/stores/memory/memory-circuit.ts'
import { emulator, PROJECT } from '../support/app.ts'

const app = initializeApp({ projectId: PROJECT }, 'circuit')
const firestore = getFirestore(app)
afterAll(async () => {
  replaceServices(undefined)
  await Promise.all(getApps().map(async (one) => deleteApp(one)))
})

const NOW = new Date('2026-11-27T18:00:00Z')
const later = (ms: number) => new Date(NOW.getTime() + ms)

describe.each([
  ['firestoreCircuit()', () => firestoreCircuit(firestore)],
  ['memoryCircuit()', () => memoryCircuit()],
] satisfies [string, () => CircuitStore][])('%s', (_, create) => {
  it('read() returns the last circuit of each key', async () => {
    const store = create()
    const key = `circuit-test:${encodeURIComponent(`publishers/${randomUUID()}`)}`
    expect(await store.read(key)).toBeUndefined()
    const first = { code: 'model-not-found', openUntil: later(300_000) } as const
    const second = { code: 'model-day-limit', openUntil: later(3_600_123) } as const
    await store.open(key, first, NOW)
    expect(await store.read(key)).toEqual(first)
    await store.open(key, second, NOW)
    expect(await store.read(key)).toEqual(second)
    expect(await store.read(`${key}-other`)).toBeUndefined()
  })

  it('open() accepts 20 writes at the same time', async () => {
    const store = create()
    const key = `circuit-test:${randomUUID()}`
    const circuits = Array.from({ length: 20 }, (__, i) => ({
      code: 'model-misconfigured' as const,
      openUntil: later(i),
    }))
    await Promise.all(circuits.map(async (circuit) => store.open(key, circuit, NOW)))
    expect(circuits).toContainEqual(await store.read(key))
  })
})

it('firestoreCircuit() keeps a circuit for a week after it has closed', async () => {
  const key = `circuit-test:${randomUUID()}`
  await firestoreCircuit(firestore).open(key, { code: 'model-not-found', openUntil: later(300_000) }, NOW)
  expect((await firestore.doc(`firesightCircuits/${key}`).get()).data()).toEqual({
    code: 'model-not-found',
    openUntil: Timestamp.fromDate(later(300_000)),
    expireAt: Timestamp.fromDate(new Date('2026-12-04T18:05:00Z')),
    updatedAt: Timestamp.fromDate(NOW),
  })
})

it('firestoreCircuit() throws storage-unavailable if Firestore does not answer', async () => {
  const unavailable = Object.assign(new Error('scripted: unavailable'), { code: 14 })
  const fail = async () => {
    throw unavailable
  }
  const broken = {
    collection: () => ({ doc: () => ({ get: fail, set: fail }) }),
  } as unknown as typeof firestore
  const store = firestoreCircuit(broken)
  const expected = { name: 'VisionError', code: 'storage-unavailable', cause: unavailable }
  await expect(store.read('any')).rejects.toMatchObject(expected)
  const circuit = { code: 'model-not-found', openUntil: NOW } as const
  await expect(store.open('any', circuit, NOW)).rejects.toMatchObject(expected)
})

/** For a missing model: the functions use the same provider, and its circuit must stay closed. */
const requestOf = (model: string): ModelRequest => ({
  model,
  systemInstruction: 'Rules.',
  parts: [{ text: 'Hello.' }],
  thinking: 'least',
  maxOutputTokens: 10,
})

it('getServices() guards its model with a circuit in Firestore', async () => {
  const { model } = await getServices(readConfig({}), () => 'any')
  const name = `gone-${randomUUID()}`
  await expect(model.generate(requestOf(name))).rejects.toMatchObject({ code: 'model-not-found' })
  const circuit = await firestore.doc(`firesightCircuits/gemini-api:${name}`).get()
  expect(circuit.get('code')).toBe('model-not-found')
})

it('guardedModel() opens the circuit of all instances through Firestore', async () => {
  const request = requestOf(`gone-${randomUUID()}`)
  let now = NOW
  const instance = () => {
    const counted = { attempts: 0 }
    const model = createGenaiModel({
      provider: { name: 'gemini-api', apiKey: () => 'any' },
      timeoutMs: 20_000,
      baseUrl: emulator('GEMINI_EMULATOR_HOST').url,
    })
    const attempts = { begin: async () => void counted.attempts++, settle: () => undefined }
    const guarded = guardedModel(model, firestoreCircuit(firestore), () => now)
    return { counted, ask: async () => guarded.generate({ ...request, attempts }) }
  }
  const [one, other] = [instance(), instance()]

  await expect(one.ask()).rejects.toMatchObject({ code: 'model-not-found', retryAfterMs: 300_000 })
  now = later(60_000)
  const refused = await other.ask().catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(VisionError)
  expect(refused).toMatchObject({ code: 'model-not-found', retryAfterMs: 240_000 })
  expect([one.counted.attempts, other.counted.attempts]).toEqual([1, 0])
  now = later(300_000)
  await expect(other.ask()).rejects.toMatchObject({ code: 'model-not-found', retryAfterMs: 300_000 })
  now = later(330_000)
  await expect(one.ask()).rejects.toMatchObject({ code: 'model-not-found', retryAfterMs: 270_000 })
  expect([one.counted.attempts, other.counted.attempts]).toEqual([1, 1])
})
