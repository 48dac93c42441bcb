import type { Script } from '@firesight/gemini-emulator'
import { describe, expect, it } from 'vitest'
import { type ErrorCode, VisionError } from '../../../functions/src/errors.ts'
import { guardedModel } from '../../../functions/src/model/guarded-model.ts'
import { RETRY_POLICY } from '../../../functions/src/model/retry.ts'
import type { ModelRequest } from '../../../functions/src/ports/vision-model.ts'
import { memoryCircuit } from '../../../functions/src/stores/memory/memory-circuit.ts'
import { memoryModelFiles } from '../../../functions/src/stores/memory/memory-model-files.ts'
import { useEmulatedModel } from '../../support/emulated-model.ts'
import { loggedAttempts } from '../../support/read-stream.ts'
import { drawScene, FOUR_SHAPES } from '../../support/scene.ts'

/* One request that is sent several times: to a fallback model, with smaller images, with new files. */

const emulated = useEmulatedModel()
const { png } = await drawScene(FOUR_SHAPES)

const ASKED = 'gemini-3.8-flash'
const FALLBACK = 'gemini-2.5-flash-lite'
const pacing = { sleep: async () => undefined, random: () => 0.5 }
const model = (changes: Parameters<typeof emulated.model>[0] = {}) =>
  emulated.model({ retry: RETRY_POLICY, pacing, fallbackModel: FALLBACK, ...changes })

const request = (changes: Partial<ModelRequest> = {}): ModelRequest => ({
  model: ASKED,
  systemInstruction: 'Rules.',
  parts: [{ image: { mimeType: 'image/png', data: png } }, { text: 'Caption this image.' }],
  thinking: 'least',
  maxOutputTokens: 1000,
  ...changes,
})

type Reply = Script['reply']
const answers = async (asked: string, reply: Reply) => emulated.script({ match: { model: asked }, reply })
const asked = async () => (await emulated.journal()).map((entry) => entry.model)
const BUSY = { status: 503 }
const GONE = { status: 404 }
const DAY_LIMIT = {
  status: 429,
  body: {
    error: {
      code: 429,
      status: 'RESOURCE_EXHAUSTED',
      message: 'Quota',
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
          violations: [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel' }],
        },
      ],
    },
  },
}

/** How the attempts of a request began and ended. */
async function attemptsOf(ask = model(), changes: Partial<ModelRequest> = {}) {
  const { attempts, log } = loggedAttempts()
  await ask.generate(request({ attempts, ...changes }))
  return log
}

describe('createGenaiModel() counts an attempt after a failed one', () => {
  it('also when that was to a retired model', async () => {
    await answers(ASKED, GONE)
    expect(await attemptsOf()).toEqual(['begin', 'model-not-found, free', 'begin', 'answered'])
  })

  it('also when that had larger images', async () => {
    await emulated.script({ times: 1, reply: { status: 413 } })
    expect(await attemptsOf()).toEqual(['begin', 'model-refused-image, free', 'begin', 'answered'])
  })

  it('also when that had an expired file', async () => {
    const expiresAt = new Date(Date.now() + 10 * 3600 * 1000)
    // The local Gemini API has no such file.
    const known = { uri: 'https://generativelanguage.googleapis.com/v1beta/files/known', expiresAt }
    let file: typeof known | undefined = known
    const records = {
      ...memoryModelFiles(),
      get: async () => file,
      remove: async () => void (file = undefined),
    }
    const uploads = { upload: async () => known, remove: async () => undefined }
    const image = { image: { mimeType: 'image/png', data: png } }
    // A single image is sent inline.
    const changes = { owner: 'alice', parts: [image, image, { text: 'Compare.' }] }
    expect(await attemptsOf(model({ files: { records, uploads } }), changes)).toEqual([
      'begin',
      'model-misconfigured, free',
      'begin',
      'answered',
    ])
  })
})

describe('createGenaiModel() with a fallback that fails too', () => {
  it.each<[string, Reply, Reply, ErrorCode]>([
    ['is retired while the primary model is overloaded', BUSY, GONE, 'model-unavailable'],
    ['is over its day limit while the primary model is overloaded', BUSY, DAY_LIMIT, 'model-unavailable'],
    ['refuses while the primary model is overloaded', BUSY, { status: 400 }, 'model-unavailable'],
    ['is over its day limit and the primary model is retired', GONE, DAY_LIMIT, 'model-not-found'],
    ['is retired like the primary model', GONE, GONE, 'model-not-found'],
    ['refuses and the primary model is retired', GONE, { status: 400 }, 'model-refused-request'],
    ['is overloaded and the primary model is retired', GONE, BUSY, 'model-unavailable'],
    ['rejects the API key', BUSY, { status: 403 }, 'model-misconfigured'],
  ])('that %s: reports the failure of the model that caused it', async (_, first, second, code) => {
    await answers(ASKED, first)
    await answers(FALLBACK, second)
    await expect(model().generate(request())).rejects.toMatchObject({ code })
    expect(await asked()).toContain(FALLBACK)
  })

  it('opens no circuit for the primary model when only the fallback is retired', async () => {
    await answers(ASKED, BUSY)
    await answers(FALLBACK, GONE)
    const store = memoryCircuit()
    const guarded = guardedModel(model(), store, () => new Date('2026-11-27T12:00:00Z'))
    await expect(guarded.generate(request())).rejects.toMatchObject({ code: 'model-unavailable' })
    expect(store.circuits).toEqual(new Map())
  })
})

describe('createGenaiModel() does not ask the fallback', () => {
  it('when the next attempt is refused', async () => {
    await answers(ASKED, BUSY)
    const ended = new VisionError('model-not-found', 'scripted')
    const { attempts, log } = loggedAttempts((attempt) => (attempt === 2 ? ended : undefined))
    await expect(model().generate(request({ attempts }))).rejects.toBe(ended)
    expect(log).toEqual(['begin', 'model-unavailable, free', 'begin'])
    expect(await asked()).toEqual([ASKED])
  })

  it('when the first attempt at the fallback is refused, and returns that refusal', async () => {
    await answers(ASKED, GONE)
    const ended = new VisionError('model-day-limit', 'scripted')
    const { attempts } = loggedAttempts((attempt) => (attempt === 2 ? ended : undefined))
    await expect(model().generate(request({ attempts }))).rejects.toBe(ended)
    expect(await asked()).toEqual([ASKED])
  })

  it('when an upload failed, because uploads do not depend on the model', async () => {
    let uploaded = 0
    const upload = async () => {
      uploaded++
      throw Object.assign(new Error('scripted'), { status: 503 })
    }
    const uploads = { upload, remove: async () => undefined }
    const large = { image: { mimeType: 'image/png', data: Buffer.alloc(16_000_000) } }
    const asking = model({ files: { records: memoryModelFiles(), uploads } }).generate(
      request({ parts: [large] }),
    )
    await expect(asking).rejects.toMatchObject({ code: 'model-unavailable' })
    expect(uploaded).toBe(1)
    expect(await asked()).toEqual([])
  })

  it('when no time is left, and counts no attempt', async () => {
    await answers(ASKED, BUSY)
    const deadline = new AbortController()
    const timeLeftMs = () => {
      deadline.abort(new DOMException('scripted', 'TimeoutError'))
      return 0
    }
    const { attempts, log } = loggedAttempts()
    const asking = model().generate(request({ timeLeftMs, attempts }), deadline.signal)
    await expect(asking).rejects.toMatchObject({ code: 'model-unavailable' })
    expect(log).toEqual(['begin', 'model-unavailable, free'])
    expect(await asked()).toEqual([ASKED])
  })

  it('when the fallback is the model that failed', async () => {
    await answers(FALLBACK, GONE)
    await expect(model().generate(request({ model: FALLBACK }))).rejects.toThrow(VisionError)
    expect(await asked()).toEqual([FALLBACK])
  })
})
