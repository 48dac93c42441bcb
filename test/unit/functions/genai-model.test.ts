import { startGeminiEmulator } from '@firesight/gemini-emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createGenaiModel, type GenaiModelOptions } from '../../../functions/src/model/gemini/genai-model.ts'
import { drawScene, FOUR_SHAPES } from '../../support/scene.ts'

let emulator: Awaited<ReturnType<typeof startGeminiEmulator>>
let png: Buffer
beforeAll(async () => {
  emulator = await startGeminiEmulator()
  png = (await drawScene(FOUR_SHAPES)).png
})
afterAll(() => emulator.close())
beforeEach(async () => {
  await fetch(`${emulator.url}/emulator/v1/scripts`, { method: 'DELETE' })
  await fetch(`${emulator.url}/emulator/v1/requests`, { method: 'DELETE' })
})

const geminiApi = { name: 'gemini-api', apiKey: () => 'any' } as const
const model = (options: Partial<GenaiModelOptions> = {}) =>
  createGenaiModel({
    provider: geminiApi,
    timeoutMs: 5000,
    baseUrl: emulator.url,
    retry: { attempts: 3, firstWaitMs: 1, maxWaitMs: 100 },
    ...options,
  })

const request = (name = 'gemini-3.8-flash') => ({
  model: name,
  systemInstruction: 'Rules.',
  parts: [{ image: { mimeType: 'image/png', data: png } }, { text: 'Caption this image.' }],
  thinking: 'least' as const,
  maxOutputTokens: 1000,
})

async function script(reply: object, times = 1): Promise<void> {
  const body = JSON.stringify({ times, reply })
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${emulator.url}/emulator/v1/scripts`, { method: 'POST', body, headers })
  expect(response.ok).toBe(true)
}

async function requests(): Promise<object[]> {
  const response = await fetch(`${emulator.url}/emulator/v1/requests`)
  return ((await response.json()) as { requests: object[] }).requests
}

describe('createGenaiModel()', () => {
  it('sends no further request for an answer that would continue', async () => {
    await script({
      body: {
        candidates: [
          {
            content: { parts: [{ text: 'A red' }] },
            finishReason: 'CONTINUATION',
            continuationToken: 'dG9rZW4=',
          },
        ],
      },
    })
    const answer = await model().generate(request())
    expect(answer).toMatchObject({ text: 'A red', truncated: true })
    expect(await requests()).toHaveLength(1)
  })

  it('throws the failure of a disabled account, so that the circuit opens', async () => {
    await script({ text: '', finishReason: 'PUP_LIMITED_DISABLED' }, 2)
    const failure = { code: 'model-misconfigured', scope: 'provider' }
    await expect(model().generate(request())).rejects.toMatchObject(failure)
    await expect(model().stream(request()).next()).rejects.toMatchObject(failure)
  })

  it.each([
    'gemini-3.8-flash',
    'gemini-2.5-flash',
    'gemini-2.5-pro',
    'gemini-2.5-flash-lite',
    'gemini-3.5-flash',
    'gemini-3.5-flash-lite',
    'gemini-4-argon',
    'gemini-4-carbon',
    'gemini-4-hydrogen',
  ])('sends %s only the settings of its family', async (name) => {
    const answer = await model().generate(request(name))
    expect(answer.text).toMatch(/red circle/)
    expect(answer).toMatchObject({
      truncated: false,
      model: { provider: 'gemini-api', requested: name },
      usage: { calls: 1 },
    })
    expect(answer.usage.promptTokens).toBeGreaterThan(0)
  })

  it('uses the paths of Vertex AI', async () => {
    const provider = { name: 'vertex-ai', project: 'demo-firesight', location: 'global' } as const
    const answer = await model({ provider }).generate(request())
    expect(answer.model).toMatchObject({ provider: 'vertex-ai', requested: 'gemini-3.8-flash' })
    expect(answer.text).toMatch(/red circle/)
  })

  it.each([
    [{ fault: 'reset' }],
    [{ fault: 'truncate' }],
    [{ fault: 'html' }],
    [{ status: 503, body: { error: { code: 503, status: 'UNAVAILABLE', message: 'overloaded' } } }],
  ])('repeats the request after %j', async (reply) => {
    await script(reply)
    expect((await model().generate(request())).text).toMatch(/red circle/)
  })

  it('ends a request to a hanging service at its time limit', async () => {
    await script({ fault: 'hang' }, 9)
    const retry = { attempts: 2, firstWaitMs: 1, maxWaitMs: 10 }
    await expect(model({ timeoutMs: 100, retry }).generate(request())).rejects.toMatchObject({
      code: 'model-timeout',
    })
  })

  it('reports a wrong key, a missing model and a refused image', async () => {
    const wrongKey = model({ provider: { name: 'gemini-api', apiKey: () => 'invalid' } })
    await expect(wrongKey.generate(request())).rejects.toMatchObject({ code: 'model-misconfigured' })
    await expect(model().generate(request('gemini-1.5-flash'))).rejects.toMatchObject({
      code: 'model-not-found',
    })
    const broken = {
      ...request(),
      parts: [
        { image: { mimeType: 'image/png', data: png.subarray(0, 100) } },
        { text: 'Caption this image.' },
      ],
    }
    await expect(model().generate(broken)).rejects.toMatchObject({ code: 'model-refused-image' })
  })

  it('returns a blocked answer with its model', async () => {
    await script({ text: 'half', finishReason: 'SAFETY' })
    expect(await model().generate(request())).toMatchObject({
      text: '',
      failure: { code: 'blocked-safety' },
      model: { version: 'gemini-3.8-flash' },
    })
  })

  it('marks a truncated answer', async () => {
    expect(await model().generate({ ...request(), maxOutputTokens: 3 })).toMatchObject({ truncated: true })
  })
})
