import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { memoryQuota } from '../../../../functions/src/stores/memory/memory-quota.ts'
import { CALL_NAMES, REQUESTS } from '../../../support/call-samples.ts'
import { startCalls } from '../../../support/calls.ts'
import { drawScene, FOUR_SHAPES } from '../../../support/scene.ts'

const { png } = await drawScene(FOUR_SHAPES)
const calls = await startCalls()
afterAll(() => calls.close())

const OWN = { path: 'users/alice/uploads/scene.png' }
let quota: ReturnType<typeof memoryQuota>
let now: Date
beforeEach(async () => {
  quota = memoryQuota()
  now = new Date('2026-11-22T23:00:00Z')
  calls.reset({ quota, now: () => now })
  calls.store(OWN.path, png)
  await calls.forget()
})
afterEach(() => vi.unstubAllEnvs())

const HOUR_MS = 3_600_000

describe.each([...CALL_NAMES, 'annotateImage'] as const)('%s', (name) => {
  const request = name === 'annotateImage' ? { ...OWN, force: true } : REQUESTS[name](OWN)
  const call = async (uid = 'alice') =>
    calls.call(
      name,
      uid === 'alice' ? request : JSON.parse(JSON.stringify(request).replaceAll('alice', uid)),
      { uid },
    )

  it('refuses calls beyond CALLS_PER_MINUTE, and returns when to retry', async () => {
    vi.stubEnv('CALLS_PER_MINUTE', '2')
    expect((await call()).error).toBeUndefined()
    now = new Date('2026-11-22T23:00:20Z')
    expect((await call()).error).toBeUndefined()
    const paid = (await calls.requests()).length
    now = new Date('2026-11-22T23:00:30Z')
    expect((await call()).error).toMatchObject({
      status: 'RESOURCE_EXHAUSTED',
      details: { reason: 'calls-exceeded', retryable: true, retryAfterMs: 30_000 },
    })
    expect(await calls.requests()).toHaveLength(paid)
    now = new Date('2026-11-22T23:01:00.001Z')
    expect((await call()).error).toBeUndefined()
  })

  it.each([
    ['TOKENS_PER_DAY', 'tokens-exceeded'],
    ['PROJECT_TOKENS_PER_DAY', 'project-tokens-exceeded'],
  ])(
    'refuses requests beyond %s until the end of the day, without reading a photo or asking the model',
    async (parameter, reason) => {
      vi.stubEnv(parameter, '100')
      const read = [vi.spyOn(calls.photos, 'readLive'), vi.spyOn(calls.photos, 'readUpload')]
      expect((await call()).error).toMatchObject({
        status: 'RESOURCE_EXHAUSTED',
        details: { reason, retryable: true, retryAfterMs: HOUR_MS },
      })
      expect(await calls.requests()).toEqual([])
      for (const method of read) expect(method).not.toHaveBeenCalled()
    },
  )

  it('refuses every call while processing is paused', async () => {
    quota.settings.paused = true
    const { error } = await call()
    expect(error).toMatchObject({
      status: 'UNAVAILABLE',
      details: { reason: 'service-paused', retryable: true },
    })
    expect(error!.details!.retryAfterMs).toBeGreaterThan(0)
    expect(await calls.requests()).toEqual([])
  })

  it('charges the tokens used, and nothing for a refused request', async () => {
    await call()
    const [day] = quota.projectTokens.keys()
    const spent = quota.projectTokens.get(day!)!
    expect(spent).toBeGreaterThan(560)
    expect(quota.allowances.get('user alice')!.days[day!]).toMatchObject({ spentTokens: spent, open: {} })
    await calls.call(
      name,
      name === 'annotateImage'
        ? { path: 'users/bob/uploads/x.png' }
        : REQUESTS[name]({ path: 'users/bob/uploads/x.png' }),
    )
    expect(quota.projectTokens.get(day!)).toBe(spent)
  })

  it("does not let one user's calls count for another", async () => {
    vi.stubEnv('CALLS_PER_MINUTE', '1')
    calls.store('users/bob/uploads/scene.png', png)
    expect((await call('alice')).error).toBeUndefined()
    expect((await call('bob')).error).toBeUndefined()
    expect((await call('alice')).error?.details?.reason).toBe('calls-exceeded')
  })
})

describe.each(CALL_NAMES)('%s', (name) => {
  const charged = async () => {
    await calls.call(name, REQUESTS[name](OWN))
    return [...quota.projectTokens.values()].reduce((sum, tokens) => sum + tokens, 0)
  }

  it('charges only the image tokens for a failure that the service does not bill', async () => {
    await calls.script({ reply: { status: 500 } })
    const tokens = { answerQuestion: 1120, compareImages: 2 * 1120, detectObjects: 560, describeImage: 560 }
    expect(await charged()).toBe(tokens[name])
  })

  it('charges the estimate for a request that timed out', async () => {
    const retry = { attempts: 2, firstWaitMs: 1, maxWaitMs: 50 }
    calls.reset({ quota, now: () => now, model: calls.model(retry, { timeoutMs: 100 }) })
    calls.store(OWN.path, png)
    await calls.script({ reply: { fault: 'hang' } })
    expect(await charged()).toBeGreaterThan(560)
  })

  it('charges answers that cannot be used', async () => {
    await calls.script({ reply: { text: '', finishReason: 'STOP' } })
    expect(await charged()).toBeGreaterThan(2 * 560)
  })
})

it('answerQuestion() charges nothing when the client disconnects before the model is asked', async () => {
  const { readLive } = calls.photos
  calls.photos.readLive = async (...given) => {
    await new Promise((resolve) => setTimeout(resolve, 300))
    return readLive.call(calls.photos, ...given)
  }
  const signal = AbortSignal.timeout(100)
  const data = { images: [OWN, OWN], question: 'What?' }
  await expect(calls.call('answerQuestion', data, { signal })).rejects.toThrow('abort')
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(await calls.requests()).toEqual([])
  expect([...quota.projectTokens.values()].reduce((sum, tokens) => sum + tokens, 0)).toBe(0)
})
