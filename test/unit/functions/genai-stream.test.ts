import { describe, expect, it } from 'vitest'
import { VisionError } from '../../../functions/src/errors.ts'
import type { ModelRequest } from '../../../functions/src/ports/vision-model.ts'
import { useEmulatedModel } from '../../support/emulated-model.ts'
import { eventually } from '../../support/eventually.ts'
import { readStream } from '../../support/read-stream.ts'
import { drawScene, FOUR_SHAPES } from '../../support/scene.ts'

const { model, script, journal } = useEmulatedModel()
const { png } = await drawScene(FOUR_SHAPES)

const WORDS = 'One two three four five six seven eight nine ten eleven twelve.'
const request: ModelRequest = {
  model: 'gemini-3.8-flash',
  systemInstruction: 'Rules.',
  parts: [{ image: { mimeType: 'image/png', data: png } }, { text: 'Caption this image.' }],
  thinking: 'least',
  maxOutputTokens: 1000,
}

/** The pieces of a stream, and its answer or error. */
async function listen(asked = model(), signal?: AbortSignal) {
  const texts: string[] = []
  const answer = await readStream(asked.stream(request, signal), (text) => texts.push(text)).catch(
    (error: unknown) => error,
  )
  return { texts, answer }
}

/** A chunk as the API sends it. */
const chunk = (parts: { text: string; thought?: boolean }[], candidate: { finishReason?: string } = {}) => ({
  candidates: [{ content: { role: 'model', parts }, index: 0, ...candidate }],
  usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 7, totalTokenCount: 12 },
  modelVersion: 'gemini-3.8-flash-001',
})

describe('stream()', () => {
  it('yields the text in order, and returns the answer of generate()', async () => {
    const { texts, answer } = await listen()
    expect(texts.length).toBeGreaterThan(1)
    expect(answer).toEqual(await model().generate(request))
    expect(answer).toMatchObject({ text: texts.join(''), truncated: false })
  })

  it('yields the first piece while the model still writes, and waits for the reader before the next', async () => {
    await script({ reply: { text: WORDS, chunkDelayMs: 50 } })
    const events: string[] = []
    await readStream(model().stream(request), async (text) => {
      events.push(text.trim())
      const [entry] = await journal()
      if (entry!.durationMs === undefined) events.push('while the model writes')
      events.push('heard')
    })
    expect(events.slice(0, 3)).toEqual(['One two', 'while the model writes', 'heard'])
    expect(events.filter((event) => event !== 'while the model writes')).toEqual(
      WORDS.match(/\w+ \S+/g)!.flatMap((piece) => [piece, 'heard']),
    )
  })

  it('does not yield thoughts', async () => {
    const thought = { text: 'Let me see.', thought: true }
    await script({
      reply: {
        body: [
          chunk([thought]),
          chunk([thought, { text: 'A ' }]),
          chunk([{ text: 'cat.' }], { finishReason: 'STOP' }),
        ],
      },
    })
    expect(await listen()).toMatchObject({
      texts: ['A ', 'cat.'],
      answer: {
        text: 'A cat.',
        model: { requested: 'gemini-3.8-flash', version: 'gemini-3.8-flash-001' },
        usage: { promptTokens: 5, outputTokens: 7, totalTokens: 12, calls: 1 },
      },
    })
  })

  it('reports an answer that was blocked after its first text', async () => {
    await script({
      reply: { body: [chunk([{ text: 'A ' }]), chunk([{ text: 'dreadful' }], { finishReason: 'SAFETY' })] },
    })
    const { texts, answer } = await listen()
    expect(texts).toEqual(['A '])
    expect(answer).toMatchObject({
      text: '',
      failure: { code: 'blocked-safety' },
      usage: { totalTokens: 12 },
    })
  })

  it.each([
    [
      'a blocked request',
      [{ promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } }],
      'blocked-prohibited-content',
    ],
    ['an answer without text', [chunk([], { finishReason: 'STOP' })], 'answer-empty'],
    ['an answer of another shape', [{ candidates: 'none' }], 'answer-unreadable'],
  ])('yields nothing of %s', async (_, body, code) => {
    await script({ reply: { body } })
    expect(await listen()).toMatchObject({ texts: [], answer: { text: '', failure: { code } } })
    expect(await journal()).toHaveLength(1)
  })

  it('marks an answer that was cut at the token limit', async () => {
    await script({ reply: { text: WORDS, finishReason: 'MAX_TOKENS' } })
    expect((await listen()).answer).toMatchObject({ text: WORDS, truncated: true })
  })

  it.each([
    [{ fault: 'reset' as const }],
    [{ fault: 'html' as const }],
    [{ status: 503 }],
    [{ body: [] }],
    // Closes without an error, but without a finish reason.
    [{ body: [chunk([{ text: 'a thought', thought: true }])] }],
    [{ body: [{ error: { code: 503, status: 'UNAVAILABLE', message: 'overloaded' } }] }],
  ])('repeats the request after %j before the first piece', async (reply) => {
    await script({ times: 1, reply })
    const { texts, answer } = await listen()
    expect(texts.join('')).toMatch(/red circle/)
    expect(answer).toMatchObject({ text: texts.join('') })
    expect(await journal()).toHaveLength(2)
  })

  it.each([
    ['breaks', { text: WORDS, fault: 'truncate' as const }],
    ['loses its end', { body: [chunk([{ text: 'One ' }])] }],
    [
      'fails',
      { body: [chunk([{ text: 'One ' }]), { error: { code: 500, status: 'INTERNAL', message: '' } }] },
    ],
  ])('does not repeat the request when the stream %s after the first piece', async (_, reply) => {
    await script({ times: 1, reply })
    const { texts, answer } = await listen()
    expect(texts[0]).toMatch(/^One /)
    expect(answer).toMatchObject({ code: 'model-unavailable' })
    expect(await journal()).toHaveLength(1)
  })

  it('applies the time limit to each piece, not to the whole answer', async () => {
    const thought = chunk([{ text: 'Hm.', thought: true }])
    const body = [
      ...Array.from({ length: 6 }, () => thought),
      chunk([{ text: 'A cat.' }], { finishReason: 'STOP' }),
    ]
    await script({ times: 1, reply: { body, chunkDelayMs: 200 } })
    expect((await listen(model({ timeoutMs: 1000 }))).answer).toMatchObject({ text: 'A cat.' })
    await script({ reply: { text: WORDS, chunkDelayMs: 2000 } })
    const { texts, answer } = await listen(model({ timeoutMs: 300 }))
    expect(texts).toEqual(['One two '])
    expect(answer).toMatchObject({ code: 'model-timeout' })
    await eventually(async () => expect((await journal()).at(-1)).toMatchObject({ aborted: true }))
  })

  it('ends a failed request although the service continues', async () => {
    const error = { code: 500, status: 'INTERNAL', message: '' }
    await script({ reply: { body: [{ error }, chunk([])], chunkDelayMs: 500 } })
    const once = model({ retry: { attempts: 1, firstWaitMs: 1, maxWaitMs: 1 } })
    expect((await listen(once)).answer).toMatchObject({ code: 'model-unavailable' })
    await eventually(async () => expect(await journal()).toMatchObject([{ aborted: true }]))
  })

  it("ends the request when the reader fails, and keeps the reader's error", async () => {
    await script({ reply: { text: WORDS, chunkDelayMs: 1000 } })
    const bug = new TypeError('fetch failed')
    const answer = readStream(model().stream(request), () => {
      throw bug
    })
    await expect(answer).rejects.toBe(bug)
    await eventually(async () => expect(await journal()).toMatchObject([{ aborted: true }]))
  })
})

describe.each(['generate', 'stream'] as const)('%s()', (method) => {
  const ask = async (signal?: AbortSignal, asked = model(), changes: Partial<ModelRequest> = {}) =>
    method === 'generate'
      ? asked.generate({ ...request, ...changes }, signal)
      : readStream(asked.stream({ ...request, ...changes }, signal))
  const left = new VisionError('cancelled', 'The client went away')

  it('ends the request at once when the signal is aborted, with its reason', async () => {
    await script({ reply: { fault: 'hang' } })
    const caller = new AbortController()
    const answer = ask(caller.signal)
    await eventually(async () => expect(await journal()).toHaveLength(1))
    caller.abort(left)
    await expect(answer).rejects.toBe(left)
    await eventually(async () => expect(await journal()).toMatchObject([{ aborted: true }]))
  })

  it('reports a deadline as a time-out', async () => {
    await script({ reply: { fault: 'hang' } })
    await expect(ask(AbortSignal.timeout(50))).rejects.toMatchObject({ code: 'model-timeout' })
    expect(await journal()).toHaveLength(1)
  })

  it('stops waiting for a retry when the signal is aborted', async () => {
    await script({ reply: { status: 503 } })
    const retry = { attempts: 2, firstWaitMs: 60_000, maxWaitMs: 600_000 }
    const caller = new AbortController()
    const answer = ask(caller.signal, model({ retry }))
    await eventually(async () => expect(await journal()).toMatchObject([{ status: 503 }]))
    caller.abort(left)
    await expect(answer).rejects.toBe(left)
  })

  it('sends the conversation after the parts', async () => {
    const followUps = [
      { role: 'model' as const, text: 'There are four shapes.' },
      { role: 'user' as const, text: 'How many are red?' },
    ]
    await ask(undefined, model(), { followUps })
    // The journal has the texts of users. The emulator refuses roles other than user and model.
    expect((await journal())[0]!.texts).toEqual(['Caption this image.', 'How many are red?'])
  })
})

it('stream() ends the request when the signal is aborted between pieces, and yields no more', async () => {
  await script({ reply: { text: WORDS, chunkDelayMs: 50 } })
  const caller = new AbortController()
  const texts: string[] = []
  const answer = readStream(model().stream(request, caller.signal), (text) => {
    texts.push(text)
    caller.abort(new VisionError('cancelled', 'The client went away'))
  })
  await expect(answer).rejects.toMatchObject({ code: 'cancelled' })
  expect(texts).toEqual(['One two '])
  await eventually(async () => expect(await journal()).toMatchObject([{ status: 200, aborted: true }]))
})
