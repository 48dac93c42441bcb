import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import type { Caller } from '../../../../functions/src/callables/callable-frame.ts'
import type { Config } from '../../../../functions/src/config/config.ts'
import { readConfig } from '../../../../functions/src/config/read-config.ts'
import { VisionError } from '../../../../functions/src/errors.ts'
import { getServices } from '../../../../functions/src/services.ts'
import { memoryQuota } from '../../../../functions/src/stores/memory/memory-quota.ts'
import { startCalls } from '../../../support/calls.ts'
import { drawScene, FOUR_SHAPES } from '../../../support/scene.ts'

// After calls.ts, which sets the variables that firebase-functions reads on import.
const { answerQuestion } = await import('../../../../functions/src/callables/answer-question.ts')

const { png } = await drawScene(FOUR_SHAPES)
const calls = await startCalls()
afterAll(() => calls.close())

const OWN = { path: 'users/alice/uploads/scene.png' }
let quota: ReturnType<typeof memoryQuota>
beforeEach(async () => {
  quota = memoryQuota()
  calls.reset({ quota })
  calls.store(OWN.path, png)
  await calls.forget()
})

function use() {
  const [day] = Object.values(quota.allowances.get('user alice')!.days)
  return { spent: day!.spentTokens, open: Object.keys(day!.open).length }
}

async function ask(onText: NonNullable<Caller['onText']>, signal = new AbortController().signal) {
  const config: Config = readConfig()
  const services = await getServices(config, () => 'CANARY-KEY')
  const signedIn = { account: 'verified' as const, signedInAt: new Date(), signInProvider: 'password' }
  const context = { uid: 'alice', ...signedIn, signal, onText, services, config }
  return answerQuestion({ images: OWN, question: 'What?' }, context)
}

describe('answerQuestion(), when the client of a stream disconnects', () => {
  // `res.write` fails so when the socket was reset before the response reports it: seen in 34 of 160 streams.
  it('charges the request when a write fails', async () => {
    await expect(
      ask(async () => Promise.reject(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))),
    ).rejects.toMatchObject({ code: 'cancelled' })
    expect(use().spent).toBeGreaterThan(1120)
  })

  // `res.write` never calls back when the socket is destroyed: seen in 6 of 172 streams.
  it('ends when a write never completes', async () => {
    const gone = new AbortController()
    const asked = ask(async () => {
      gone.abort(new VisionError('cancelled', 'The client disconnected'))
      await new Promise(() => undefined)
    }, gone.signal).catch(() => 'ended')
    const waited = new Promise((resolve) => setTimeout(resolve, 2000, 'still waiting'))
    expect(await Promise.race([asked, waited])).toBe('ended')
    expect(use()).toMatchObject({ open: 0 })
  })
})

describe('the quota', () => {
  it('is charged the estimate for an answer without usage', async () => {
    const candidates = [{ content: { parts: [{ text: 'hello' }] }, finishReason: 'STOP' }]
    await calls.script({ reply: { body: { candidates } } })
    await calls.call('answerQuestion', { images: OWN, question: 'What?' })
    expect(use().spent).toBeGreaterThan(1120)
  })

  it('is charged for each request that timed out', async () => {
    const retry = { attempts: 3, firstWaitMs: 1, maxWaitMs: 50 }
    calls.reset({ quota, model: calls.model(retry, { timeoutMs: 100 }) })
    calls.store(OWN.path, png)
    await calls.script({ reply: { fault: 'hang' } })
    await calls.call('describeImage', { image: OWN })
    expect(await calls.requests()).toHaveLength(2)
    expect(use().spent).toBeGreaterThan(2 * 1120)
  })
})
