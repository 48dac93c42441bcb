import type { Script } from '@firesight/gemini-emulator'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { VisionError } from '../../../functions/src/errors.ts'
import { ask } from '../../../functions/src/model/ask.ts'
import { RETRY_POLICY } from '../../../functions/src/model/retry.ts'
import type { ModelRequest } from '../../../functions/src/ports/vision-model.ts'
import { useEmulatedModel } from '../../support/emulated-model.ts'
import { loggedAttempts, readStream } from '../../support/read-stream.ts'
import { drawScene, FOUR_SHAPES } from '../../support/scene.ts'

/* Retries and waits over HTTP: the production waits, on a clock that takes no time. */

const emulated = useEmulatedModel()
/** Seconds that were waited. */
let waits: number[]
let png: Buffer
beforeAll(async () => {
  ;({ png } = await drawScene(FOUR_SHAPES))
})
beforeEach(() => {
  waits = []
})

const pacing = {
  sleep: async (ms: number) => void waits.push(Math.round(ms) / 1000),
  random: () => 0.5,
}
const model = (changes: Parameters<typeof emulated.model>[0] = {}) =>
  emulated.model({ retry: RETRY_POLICY, pacing, ...changes })

const request = (changes: Partial<ModelRequest> = {}): ModelRequest => ({
  model: 'gemini-3.8-flash',
  systemInstruction: 'Rules.',
  parts: [{ image: { mimeType: 'image/png', data: png } }, { text: 'Caption this image.' }],
  thinking: 'least',
  maxOutputTokens: 1000,
  ...changes,
})

const quota = (...details: Record<string, string>[]) => ({
  status: 429,
  body: { error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'Quota', details } },
})
const retryInfo = (retryDelay: string) => ({
  '@type': 'type.googleapis.com/google.rpc.RetryInfo',
  retryDelay,
})

describe('createGenaiModel() waits', () => {
  it.each([
    ['2, 8 and 20 s for 503', { status: 503 }, 'model-unavailable', [2, 8, 20]],
    ['2, 8 and 20 s for an HTML page with 502', { fault: 'html' }, 'model-unavailable', [2, 8, 20]],
    ['1 and 4 s for 500', { status: 500 }, 'model-unavailable', [1, 4]],
    ['1 and 4 s for a lost connection', { fault: 'reset' }, 'model-unavailable', [1, 4]],
    ['once for half a body, which is billed', { fault: 'truncate' }, 'model-unavailable', [1]],
    ['once for an HTML page with 200', { fault: 'html', status: 200 }, 'model-unavailable', [1]],
    ['once for 504, which may be billed', { status: 504 }, 'model-timeout', [1]],
    ['2, 4 and 8 s for 429 without RetryInfo', quota(), 'model-rate-limited', [2, 4, 8]],
    ['as long as RetryInfo says, twice', quota(retryInfo('12s')), 'model-rate-limited', [12.5, 12.5]],
    ['not for a RetryInfo over 30 s', quota(retryInfo('31s')), 'model-rate-limited', []],
    ['not for 400', { status: 400 }, 'model-refused-request', []],
    ['not for 403', { status: 403 }, 'model-misconfigured', []],
  ] satisfies [string, Script['reply'], string, number[]][])('%s', async (_, reply, code, expected) => {
    await emulated.script({ reply })
    await expect(model().generate(request())).rejects.toMatchObject({ code })
    expect(waits).toEqual(expected)
    expect(await emulated.journal()).toHaveLength(expected.length + 1)
  })

  it('by separate counts for each kind of failure', async () => {
    await emulated.script({ times: 1, reply: { status: 500 } })
    await emulated.script({ times: 1, reply: { status: 503 } })
    await emulated.script({ times: 1, reply: { status: 500 } })
    expect(await model().generate(request())).toMatchObject({ truncated: false })
    expect(waits).toEqual([1, 2, 4])
  })

  it('not longer than timeLeftMs', async () => {
    await emulated.script({ reply: { status: 503 } })
    const generate = model().generate(request({ timeLeftMs: () => 5000 }))
    await expect(generate).rejects.toMatchObject({ code: 'model-unavailable' })
    expect(waits).toEqual([2])
  })

  it('not longer than maxWaitMs of the request', async () => {
    await emulated.script({ reply: quota(retryInfo('7s')) })
    const generate = model().generate(request({ maxWaitMs: 5000 }))
    await expect(generate).rejects.toMatchObject({ code: 'model-rate-limited', retryAfterMs: 7000 })
    expect(await emulated.journal()).toHaveLength(1)
  })
})

describe('createGenaiModel() counts each attempt', () => {
  it('before it is sent, and reports how it ended', async () => {
    await emulated.script({ times: 1, reply: { status: 503 } })
    const { attempts, log } = loggedAttempts()
    await model().generate(request({ attempts }))
    expect(log).toEqual(['begin', 'model-unavailable, free', 'begin', 'answered'])
  })

  it('and ends with the refusal of an attempt, without sending it', async () => {
    const lost = new VisionError('claim-lost', 'scripted')
    const { attempts } = loggedAttempts(() => lost)
    await expect(model().generate(request({ attempts }))).rejects.toBe(lost)
    expect(await emulated.journal()).toEqual([])
    expect(waits).toEqual([])
  })
})

describe('createGenaiModel() with a fallback', () => {
  const fallbackModel = 'gemini-2.5-flash-lite'
  const first = { match: { model: 'gemini-3.8-flash' } }

  it.each([
    ['is retired', { status: 404 }, 1],
    ['stays overloaded', { status: 503 }, 4],
  ])('asks it when the model %s, with the configuration of its family', async (_, reply, attempts) => {
    await emulated.script({ ...first, reply })
    const answer = await model({ fallbackModel }).generate(request())
    expect(answer).toMatchObject({ model: { requested: 'gemini-3.8-flash', version: fallbackModel } })
    const asked = await emulated.journal()
    expect(asked.map((entry) => entry.model)).toEqual([
      ...Array<string>(attempts).fill('gemini-3.8-flash'),
      fallbackModel,
    ])
    expect(asked.at(-1)!.config).toMatchObject({ thinkingConfig: { thinkingBudget: 0 } })
  })

  it('counts the attempt at the fallback after the one that failed', async () => {
    await emulated.script({ ...first, reply: { status: 404 } })
    const { attempts, log } = loggedAttempts()
    await model({ fallbackModel }).generate(request({ attempts }))
    expect(log).toEqual(['begin', 'model-not-found, free', 'begin', 'answered'])
  })

  it('asks it before the first text of a stream', async () => {
    await emulated.script({ ...first, reply: { status: 404 } })
    let text = ''
    const stream = model({ fallbackModel }).stream(request())
    const answer = await readStream(stream, (piece) => (text += piece))
    expect(answer).toMatchObject({ text, model: { version: fallbackModel } })
  })

  it.each([{ status: 500 }, { status: 403 }, quota(retryInfo('60s'))])(
    'does not ask it after %j',
    async (reply) => {
      await emulated.script({ ...first, reply })
      await expect(model({ fallbackModel }).generate(request())).rejects.toBeInstanceOf(VisionError)
      expect((await emulated.journal()).map((entry) => entry.model)).not.toContain(fallbackModel)
    },
  )
})

describe('createGenaiModel() with a request that is too large', () => {
  it.each([
    { status: 413 },
    { status: 400, text: 'Request payload size exceeds the limit: 20971520 bytes.' },
  ])('sends it once more with smaller images after %j', async (reply) => {
    await emulated.script({ times: 1, reply })
    expect((await model().generate(request())).text).toMatch(/red circle/)
    const sizes = (await emulated.journal()).map(({ images }) =>
      images?.map(({ width, height }) => [width, height]),
    )
    expect(sizes).toEqual([[[1200, 800]], [[1024, 683]]])
  })

  it('sends it at most twice', async () => {
    await emulated.script({ reply: { status: 413 } })
    await expect(model().generate(request())).rejects.toMatchObject({ code: 'model-refused-image' })
    expect(await emulated.journal()).toHaveLength(2)
  })
})

describe('ask() asks once more', () => {
  const question = (changes: Partial<ModelRequest> = {}) => ({
    request: request(changes),
    read: (answers: readonly { text: string }[]) => answers.at(-1)!.text,
  })

  it('with twice the output tokens when an answer ended without text at the token limit', async () => {
    await emulated.script({ times: 1, reply: { text: '', finishReason: 'MAX_TOKENS' } })
    expect(await ask(model(), question())).toMatchObject({ value: expect.stringMatching(/red circle/) })
    expect((await emulated.journal()).map(({ config }) => config?.maxOutputTokens)).toEqual([1000, 2000])
  })

  it('with another temperature after a recitation, if the model family accepts one', async () => {
    await emulated.script({ times: 1, reply: { text: '', finishReason: 'RECITATION' } })
    await ask(model(), question({ model: 'gemini-2.5-flash-lite', temperature: 0.2 }))
    expect((await emulated.journal()).map(({ config }) => config?.temperature)).toEqual([0.2, 1])
  })
})
