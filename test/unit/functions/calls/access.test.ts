import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { callOrigins } from '../../../../functions/src/config/cors.ts'
import { CALL_NAMES, REQUESTS } from '../../../support/call-samples.ts'
import { startCalls } from '../../../support/calls.ts'
import { eventually } from '../../../support/eventually.ts'
import { drawScene, FOUR_SHAPES } from '../../../support/scene.ts'

const { png } = await drawScene(FOUR_SHAPES)
const calls = await startCalls()
afterAll(() => calls.close())

const OWN = { path: 'users/alice/uploads/scene.png' }
beforeEach(async () => {
  calls.reset()
  calls.store(OWN.path, png)
  await calls.forget()
})
afterEach(() => vi.unstubAllEnvs())

describe('callOrigins()', () => {
  it("returns the project's own Hosting sites by default", () => {
    expect(callOrigins({ GCLOUD_PROJECT: 'shop' })).toEqual([
      'https://shop.web.app',
      'https://shop.firebaseapp.com',
    ])
    expect(callOrigins({ FIREBASE_CONFIG: '{"projectId":"shop"}' })[0]).toBe('https://shop.web.app')
  })

  it('returns the list of CORS_ORIGINS', () => {
    const origins = callOrigins({ CORS_ORIGINS: 'https://a.example, https://b.example:8443 ,' })
    expect(origins).toEqual(['https://a.example', 'https://b.example:8443'])
  })
})

describe.each([...CALL_NAMES, 'annotateImage'])('%s', (name) => {
  const preflight = async (origin: string) => {
    const headers = {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    }
    const response = await fetch(`${calls.url}/${name}`, { method: 'OPTIONS', headers })
    return response.headers.get('access-control-allow-origin')
  }

  it("allows only the project's own sites (CORS)", async () => {
    expect(await preflight('https://demo-firesight.web.app')).toBe('https://demo-firesight.web.app')
    expect(await preflight('https://demo-firesight.firebaseapp.com')).toBe(
      'https://demo-firesight.firebaseapp.com',
    )
    for (const origin of ['https://evil.example', 'https://demo-firesight.web.app.evil.example', 'null'])
      expect(await preflight(origin)).toBeNull()
  })
})

describe('App Check', () => {
  const request = (alreadyConsumed: boolean) => ({
    data: { images: OWN, question: 'What is this?' },
    auth: { uid: 'alice', token: {}, rawToken: '' },
    app: { appId: 'app', token: {}, alreadyConsumed },
    rawRequest: {},
    acceptsStreaming: false,
  })

  it('rejects a token that was used before, with CONSUME_APP_CHECK_TOKEN', async () => {
    const { handleAnswerQuestion } = await import('../../../../functions/src/callables/answer-question.ts')
    vi.stubEnv('ENFORCE_APP_CHECK', 'true')
    vi.stubEnv('CONSUME_APP_CHECK_TOKEN', 'true')
    await expect(handleAnswerQuestion(request(true) as never)).rejects.toMatchObject({
      code: 'unauthenticated',
      details: { reason: 'app-check-failed' },
    })
    expect(await calls.requests()).toEqual([])
    expect(await handleAnswerQuestion(request(false) as never)).toHaveProperty('answer')
    vi.unstubAllEnvs()
    expect(await handleAnswerQuestion(request(true) as never)).toHaveProperty('answer')
  })
})

it.each(['answerQuestion', 'compareImages'] as const)(
  '%s mixes a path, inline bytes and a URL',
  async (name) => {
    vi.stubEnv('URL_IMAGE_HOSTS', 'images.example.com')
    const fetched: unknown[] = []
    calls.reset({
      urlImages: {
        async fetch(url, { hosts }) {
          fetched.push(url, hosts)
          return png
        },
      },
    })
    calls.store(OWN.path, png)
    const inlineData = { mimeType: 'image/png', data: png.toString('base64') }
    const url = 'https://images.example.com/scene.png?size=1'
    const { error } = await calls.call(name, REQUESTS[name](OWN, { inlineData }, { url }))
    expect(error).toBeUndefined()
    expect(fetched).toEqual([url, ['images.example.com']])
    const [request] = await calls.requests()
    expect(new Set(request!.images!.map(({ sha256 }) => sha256)).size).toBe(1)
    expect(request!.images).toHaveLength(3)
  },
)

describe.each(CALL_NAMES)('%s', (name) => {
  it('cancels the model request when the client disconnects', async () => {
    await calls.script({ reply: { delayMs: 5000 } })
    const signal = AbortSignal.timeout(300)
    await expect(calls.call(name, REQUESTS[name](OWN), { signal })).rejects.toThrow('abort')
    await eventually(async () => expect((await calls.requests())[0]?.aborted).toBe(true))
  })

  it('reuses model files of the caller only', async () => {
    const owners: unknown[] = []
    const model = calls.model({ attempts: 1, firstWaitMs: 1, maxWaitMs: 1 })
    calls.reset({
      model: {
        ...model,
        async generate(request, signal) {
          owners.push(request.owner)
          return model.generate(request, signal)
        },
      },
    })
    calls.store(OWN.path, png)
    await calls.call(name, REQUESTS[name](OWN))
    expect(owners).toEqual(['alice'])
  })
})

it('answerQuestion streams neither to the client nor from the model unless the client requests a stream', async () => {
  await calls.call('answerQuestion', REQUESTS.answerQuestion(OWN))
  expect((await calls.requests()).map(({ method }) => method)).toEqual(['generateContent'])
})

it('callableHandler() ends the call and its model request when the time is up', async () => {
  const { callableHandler } = await import('../../../../functions/src/callables/callable-frame.ts')
  const { describeImage } = await import('../../../../functions/src/callables/describe-image.ts')
  const { describeImageRequest } = await import('../../../../functions/src/api/describe-image.ts')
  await calls.script({ reply: { fault: 'hang' } })
  const request = { data: { image: OWN }, auth: { uid: 'alice', token: {} } } as never
  const definition = { name: 'describeImage', request: describeImageRequest, timeoutMs: 500 }
  await expect(callableHandler(definition, describeImage)(request)).rejects.toMatchObject({
    code: 'deadline-exceeded',
    details: { reason: 'model-timeout', retryable: true },
  })
  await eventually(async () => expect((await calls.requests()).map(({ aborted }) => aborted)).toEqual([true]))
})
