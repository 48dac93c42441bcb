import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { guardedModel } from '../../../../functions/src/model/guarded-model.ts'
import { memoryCircuit } from '../../../../functions/src/stores/memory/memory-circuit.ts'
import { unlimitedQuota } from '../../../../functions/src/stores/memory/memory-quota.ts'
import { CALL_NAMES, REQUESTS } from '../../../support/call-samples.ts'
import { type AnswerEvent, logged, startCalls } from '../../../support/calls.ts'
import { errorInfo } from '../../../support/failure-row.ts'
import { drawScene, FOUR_SHAPES } from '../../../support/scene.ts'

const { png } = await drawScene(FOUR_SHAPES)
const calls = await startCalls()
afterAll(() => calls.close())

const OWN = { path: 'users/alice/uploads/scene.png' }
const START = Date.parse('2026-11-27T18:00:00Z')
let now = new Date(START)
const MESSAGE = 'API key not valid. Please pass a valid API key.'
let quota = unlimitedQuota()

beforeEach(async () => {
  now = new Date(START)
  quota = unlimitedQuota()
  const model = calls.model({ attempts: 3, firstWaitMs: 1, maxWaitMs: 50 }, { timeoutMs: 20_000 })
  calls.reset({ model: guardedModel(model, memoryCircuit(), () => now), now: () => now, quota })
  calls.store(OWN.path, png)
  await calls.forget()
  const details = [errorInfo('API_KEY_INVALID')]
  const body = { error: { code: 400, status: 'INVALID_ARGUMENT', message: MESSAGE, details } }
  await calls.script({ times: 1, reply: { status: 400, body } })
})

const refusal = (retryAfterMs: number) => ({
  status: 'INTERNAL',
  message: 'The model service is not set up correctly.',
  details: { reason: 'model-misconfigured', retryable: false, retryAfterMs },
})

describe.each(CALL_NAMES)('%s() with an invalid API key', (name) => {
  it('asks the model once, then fails without a request for five minutes', async () => {
    const call = async () => calls.call(name, REQUESTS[name](OWN))
    expect(await call()).toMatchObject({ error: refusal(300_000) })
    expect(await calls.requests()).toHaveLength(1)
    const detail = `The model service answered 400 INVALID_ARGUMENT: ${MESSAGE}`
    const line = logged.find((text) => text.includes('call refused'))
    expect(JSON.parse(line!)).toMatchObject({ code: 'model-misconfigured', detail })
    now = new Date(START + 299_000)
    expect(await call()).toMatchObject({ error: refusal(1000) })
    expect(await calls.requests()).toHaveLength(1)
    // The image tokens, since the images were decoded.
    const imageTokens = { answerQuestion: 1120, compareImages: 2240, detectObjects: 560, describeImage: 560 }[
      name
    ]
    expect(quota.settled.map(({ spent }) => spent)).toEqual([imageTokens, imageTokens])
    now = new Date(START + 300_000)
    expect((await call()).result).toBeDefined()
    expect(await calls.requests()).toHaveLength(2)
  })
})

it('answerQuestion() with an invalid API key opens the circuit for streams and for all callables', async () => {
  const read = async () => {
    const events: AnswerEvent[] = []
    for await (const event of calls.streamAnswer(REQUESTS.answerQuestion(OWN))) events.push(event)
    return events
  }
  expect(await read()).toMatchObject([{ error: refusal(300_000) }])
  expect(await read()).toMatchObject([{ error: refusal(300_000) }])
  for (const name of CALL_NAMES) {
    expect(await calls.call(name, REQUESTS[name](OWN))).toMatchObject({ error: refusal(300_000) })
  }
  expect(await calls.requests()).toHaveLength(1)
})
