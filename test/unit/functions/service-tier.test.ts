import type { Script } from '@firesight/gemini-emulator'
import { describe, expect, it } from 'vitest'
import { FLEX_REQUEST_SECONDS, FLEX_RESERVE_SECONDS } from '../../../functions/src/config/time-limits.ts'
import type { ErrorCode } from '../../../functions/src/errors.ts'
import { guardedModel } from '../../../functions/src/model/guarded-model.ts'
import { RETRY_POLICY, type Sent } from '../../../functions/src/model/retry.ts'
import { sendAtTier } from '../../../functions/src/model/service-tier.ts'
import type { ModelRequest } from '../../../functions/src/ports/vision-model.ts'
import { memoryCircuit } from '../../../functions/src/stores/memory/memory-circuit.ts'
import { useEmulatedModel } from '../../support/emulated-model.ts'
import { modelFailure } from '../../support/model-failure.ts'
import { loggedAttempts, readStream } from '../../support/read-stream.ts'

const emulated = useEmulatedModel()
const waits: number[] = []
const pacing = { sleep: async (ms: number) => waits.push(ms), random: () => 0.5 }
const model = (changes: Parameters<typeof emulated.model>[0] = {}) =>
  emulated.model({ retry: RETRY_POLICY, pacing, ...changes })

const request: ModelRequest = {
  model: 'gemini-3.8-flash',
  systemInstruction: 'Rules.',
  parts: [{ text: 'Say hello.' }],
  thinking: 'least',
  maxOutputTokens: 100,
  serviceTier: 'flex',
}

const answersFlex = async (reply: Script['reply']) =>
  emulated.script({ match: { serviceTier: 'flex' }, reply })
const errorOf = (code: number, message: string, details: { '@type': string }[] = []): Script['reply'] => ({
  status: code,
  body: { error: { code, message, status: 'RESOURCE_EXHAUSTED', details } },
})
const RETRY_INFO = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '60s' }
const DAY_LIMIT = {
  '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
  violations: [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel' }],
}
/** Tier and model of the requests that were sent. */
const sentTiers = async () =>
  (await emulated.journal()).map(({ serviceTier = 'standard', model: name }) => `${serviceTier} ${name}`)

describe('generate() at the tier flex', () => {
  it('sends the tier, and waits longer than the time limit of other requests', async () => {
    await answersFlex({ delayMs: 300 })
    const answer = await model({ timeoutMs: 100 }).generate(request)
    expect(answer.text).not.toBe('')
    expect(await sentTiers()).toEqual(['flex gemini-3.8-flash'])
  })

  it('lifts the limit of 300 s for response headers, which is only for these requests', async () => {
    const limits: unknown[] = []
    const key = Symbol.for('undici.globalDispatcher.1')
    const global = globalThis as unknown as Record<symbol, { dispatch: (...args: never[]) => boolean }>
    const real = global[key]!
    global[key] = {
      dispatch: (options: { path: string; headersTimeout?: number }, ...rest: never[]) => {
        if (options.path.includes('generateContent')) limits.push(options.headersTimeout)
        return real.dispatch(...([options, ...rest] as never[]))
      },
    }
    try {
      await model().generate(request)
      await model().generate({ ...request, serviceTier: 'standard' })
    } finally {
      global[key] = real
    }
    // Node's dispatcher applies its default to undefined.
    expect(limits).toEqual([0, undefined])
  })

  it.each<[string, Script['reply']]>([
    ['503', { status: 503 }],
    ['429', { status: 429 }],
    ['429 with a RetryInfo of a minute', errorOf(429, 'Quota', [RETRY_INFO])],
    ['a broken connection', { fault: 'reset' }],
    ['400, for a model without this tier', { status: 400 }],
  ])('uses the standard tier at once after %s', async (_, reply) => {
    waits.length = 0
    await answersFlex(reply)
    const { attempts, log } = loggedAttempts()
    expect(await model().generate({ ...request, attempts })).toMatchObject({ truncated: false })
    expect(log).toEqual(['begin', expect.stringMatching('model-'), 'begin', 'answered'])
    expect(await sentTiers()).toEqual(['flex gemini-3.8-flash', 'standard gemini-3.8-flash'])
    expect(waits).toEqual([])
  })

  it('does not delay the standard tier by a RetryInfo of the tier flex', async () => {
    await answersFlex(errorOf(429, 'Quota', [RETRY_INFO]))
    const paced = model({ requestsPerMinute: 600 })
    expect(await paced.generate({ ...request, maxWaitMs: 1000 })).toMatchObject({ truncated: false })
    expect(await sentTiers()).toEqual(['flex gemini-3.8-flash', 'standard gemini-3.8-flash'])
  })

  it('counts a request that was shed as free', async () => {
    await answersFlex({ status: 503 })
    const { attempts, log } = loggedAttempts()
    await model().generate({ ...request, attempts })
    expect(log[1]).toBe('model-unavailable, free')
  })

  it('retries as usual if the standard tier fails too, also with the fallback', async () => {
    await emulated.script({ match: { model: 'gemini-3.8-flash' }, reply: { status: 503 } })
    await model({ fallbackModel: 'gemini-3.5-flash-lite' }).generate(request)
    expect(await sentTiers()).toEqual([
      'flex gemini-3.8-flash',
      ...Array.from({ length: RETRY_POLICY.attempts }, () => 'standard gemini-3.8-flash'),
      'standard gemini-3.5-flash-lite',
    ])
  })

  it('sends no request at this tier if no time would be left for the standard tier', async () => {
    const enoughMs = (FLEX_REQUEST_SECONDS + FLEX_RESERVE_SECONDS) * 1000
    await model().generate({ ...request, timeLeftMs: () => enoughMs - 1 })
    await model().generate({ ...request, timeLeftMs: () => enoughMs })
    expect(await sentTiers()).toEqual(['standard gemini-3.8-flash', 'flex gemini-3.8-flash'])
  })
})

it('stream() ignores the tier', async () => {
  await readStream(model().stream(request))
  expect(await sentTiers()).toEqual(['standard gemini-3.8-flash'])
})

describe('the circuit of a service that sheds requests', () => {
  const guarded = () => {
    const store = memoryCircuit()
    return { store, ask: guardedModel(model(), store, () => new Date('2026-11-30T12:00:00Z')) }
  }

  it.each<[string, Script['reply']]>([
    ['a rate limit', { status: 429 }],
    ['overload', { status: 503 }],
    ['a limit of the day', errorOf(429, 'Quota', [DAY_LIMIT])],
    ['a spending cap', errorOf(429, 'Your project has exceeded its spending cap')],
  ])('stays closed after %s of the tier flex', async (_, reply) => {
    const { store, ask } = guarded()
    await answersFlex(reply)
    await ask.generate(request)
    expect(store.circuits).toEqual(new Map())
  })

  it('opens if the standard tier fails too', async () => {
    const { store, ask } = guarded()
    await emulated.script({ reply: errorOf(429, 'Quota', [DAY_LIMIT]) })
    await expect(ask.generate(request)).rejects.toMatchObject({ code: 'model-day-limit' })
    expect([...store.circuits.keys()]).toEqual(['gemini-api:gemini-3.8-flash'])
  })
})

describe('sendAtTier()', () => {
  const send = (code: ErrorCode) => ({
    flex: async (): Promise<Sent<string>> => ({ failure: modelFailure(code) }),
    standard: async (): Promise<Sent<string>> => ({ value: 'standard' }),
  })

  it.each<[string, ErrorCode, AbortSignal | undefined, string]>([
    ['answers by the standard tier after a time-out', 'model-timeout', undefined, 'standard'],
    ['returns a time-out of the tier flex if the run has ended', 'model-timeout', AbortSignal.abort(), ''],
    ['keeps an answer that is too large to read, since it is billed', 'answer-unreadable', undefined, ''],
  ])('%s', async (_, code, signal, value) => {
    const sent = await sendAtTier(request, signal, send(code))
    expect(sent).toMatchObject(value === '' ? { failure: { code } } : { value })
  })
})
