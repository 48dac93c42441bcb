import { deleteApp, type FirebaseApp, initializeApp } from 'firebase/app'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createFiresight, type FiresightError, type FiresightOptions } from '../../../client/src/index.ts'
import type { Handler } from '../../support/callable-server.ts'

// The logger of firebase-functions keeps the console that it finds when it is imported, and logs each call.
for (const method of ['debug', 'log', 'info', 'warn', 'error'] as const)
  vi.spyOn(console, method).mockImplementation(() => {})
const { failure, serveCallables } = await import('../../support/callable-server.ts')

const PNG = Buffer.from('89504e470d0a1a0a00', 'hex')
const signedOut = { authStateReady: async () => {}, currentUser: null }
const ACCOUNT = { model: {}, usage: {} }

let app: FirebaseApp
let server: Awaited<ReturnType<typeof serveCallables>> | undefined
beforeEach(() => {
  app = initializeApp({ projectId: 'demo-firesight', apiKey: 'fake', storageBucket: 'b' }, 'calls')
})
afterEach(async () => {
  await Promise.all([deleteApp(app), server?.close()])
  server = undefined
})

/** A client of functions that do as the handlers do. */
async function firesightWith(handlers: Record<string, Handler>, options: Partial<FiresightOptions> = {}) {
  server = await serveCallables(handlers)
  return createFiresight({ app, auth: signedOut, emulators: { functions: server.address }, ...options })
}

/** What a call fails with. */
const errorOf = async (call: PromiseLike<unknown>) =>
  Promise.resolve(call).then(
    () => expect.unreachable('the call succeeded'),
    (error: FiresightError) => error,
  )

async function piecesOf(answer: AsyncIterable<string>): Promise<string[]> {
  const pieces: string[] = []
  for await (const piece of answer) pieces.push(piece)
  return pieces
}

describe('the images of a call', () => {
  async function sent(image: Parameters<ReturnType<typeof createFiresight>['describeImage']>[0]['image']) {
    const seen: unknown[] = []
    const firesight = await firesightWith({ describeImage: ({ data }) => void seen.push(data) })
    await firesight.describeImage({ image, language: 'de' })
    return seen[0]
  }
  const inline = { inlineData: { mimeType: 'image/png', data: PNG.toString('base64') } }
  it.each([
    ['a reference', { path: 'users/u/uploads/a.png' }, { path: 'users/u/uploads/a.png' }],
    ['an object name', 'users/u/uploads/a.png', { path: 'users/u/uploads/a.png' }],
    ['a gs:// URL', 'gs://b/users/u/uploads/a.png', { path: 'gs://b/users/u/uploads/a.png' }],
    ['an https URL', 'https://images.example.com/a.png', { url: 'https://images.example.com/a.png' }],
    ['inline data', inline, inline],
    ['bytes', new Uint8Array(PNG), inline],
    ['a Blob, known by its bytes', new Blob([PNG]), inline],
    ['a File, whatever it says of itself', new File([PNG], 'a.jpg', { type: 'image/jpeg' }), inline],
  ] as const)('may be %s', async (_, image, expected) => {
    expect(await sent(image as never)).toEqual({ image: expected, language: 'de' })
  })

  it('may be an upload, which is waited for', async () => {
    let isDone = false
    const upload = async () => {
      await new Promise((resolve) => setTimeout(resolve, 50))
      isDone = true
    }
    const done = upload()
    expect(await sent({ path: 'users/u/uploads/a.png', imageId: 'x', done })).toMatchObject({
      image: { path: 'users/u/uploads/a.png' },
    })
    expect(isDone).toBe(true)
  })

  it('may be bytes of any length, to the last one', async () => {
    const bytes = new Uint8Array(100_001).map((_, index) => index % 251)
    bytes.set(PNG)
    const request = (await sent(bytes)) as { image: typeof inline }
    expect(Buffer.from(request.image.inlineData.data, 'base64').equals(bytes)).toBe(true)
  })

  it.each([
    ['of an unknown type', new Uint8Array([1, 2, 3]), 'unsupported-type'],
    ['of a type that is not taken', new Blob(['GIF89a'], { type: 'image/png' }), 'unsupported-type'],
    ['empty', new Blob([], { type: 'image/png' }), 'empty-file'],
    [
      'too large',
      new Blob([new Uint8Array(20 * 1024 * 1024 + 1)], { type: 'image/png' }),
      'request-too-large',
    ],
  ])('are refused before they are sent when they are %s', async (_, image, code) => {
    const handler = vi.fn<Handler>()
    const firesight = await firesightWith({ describeImage: handler, answerQuestion: handler })
    expect(await errorOf(firesight.describeImage({ image }))).toMatchObject({ code, retryable: false })
    expect(await errorOf(firesight.answerQuestion({ images: image, question: '?' }))).toMatchObject({ code })
    expect(handler).not.toHaveBeenCalled()
  })
})

describe('each call', () => {
  const image = { path: 'users/u/uploads/a.png' }
  it('sends what the schema of its function takes, and gives its result', async () => {
    const echo: Handler = ({ data }) => ({ echoed: data })
    const firesight = await firesightWith({
      compareImages: echo,
      detectObjects: echo,
      describeImage: echo,
      annotateImage: echo,
      answerQuestion: echo,
    })
    const compare = { images: [image, 'users/u/uploads/b.png'], question: 'What changed?' }
    expect(await firesight.compareImages(compare)).toEqual({
      echoed: { images: [image, { path: 'users/u/uploads/b.png' }], question: 'What changed?' },
    })
    const detect = { image, targets: ['cups'], masks: true, overlay: true, output: 'inline' as const }
    expect(await firesight.detectObjects(detect)).toEqual({ echoed: detect })
    const describing = { image, language: 'de', style: 'short', labelSet: ['cat', 'dog'] }
    expect(await firesight.describeImage(describing)).toEqual({ echoed: describing })
    const again = { path: image.path, force: true }
    expect(await firesight.annotateImage(again)).toEqual({ echoed: again })
    const ask = {
      images: [image],
      question: 'Why?',
      history: [
        { role: 'user' as const, text: 'What?' },
        { role: 'model' as const, text: 'A cup.' },
      ],
    }
    expect(await firesight.answerQuestion(ask)).toEqual({ echoed: ask })
  })

  it('leaves out what is undefined', async () => {
    const firesight = await firesightWith({ describeImage: ({ data }) => data })
    expect(await firesight.describeImage({ image, language: undefined, style: undefined })).toEqual({ image })
  })

  it('goes to the names that the functions were deployed under', async () => {
    const firesight = await firesightWith(
      { 'kit-describeImage': () => 'prefixed', 'my-own-annotateImage': () => 'renamed' },
      { prefix: 'kit-', names: { annotateImage: 'my-own-annotateImage' } },
    )
    expect(await firesight.describeImage({ image })).toBe('prefixed')
    expect(await firesight.annotateImage(image)).toBe('renamed')
  })
})

describe('an answer', () => {
  const ask = { images: 'users/u/uploads/a.png', question: 'What is it?' }
  const streaming: Handler = async (_, response) => {
    for (const text of ['A red ', 'circle ', '– «öß».']) await response.sendChunk({ text })
    return { answer: 'A red circle – «öß».', truncated: false, ...ACCOUNT }
  }

  it('comes in pieces, and as a whole, from one request', async () => {
    const handler = vi.fn<Handler>(streaming)
    const firesight = await firesightWith({ answerQuestion: handler })
    const answer = firesight.answerQuestion(ask)
    expect(await piecesOf(answer)).toEqual(['A red ', 'circle ', '– «öß».'])
    expect(await answer).toMatchObject({ answer: 'A red circle – «öß».', truncated: false })
    expect(handler).toHaveBeenCalledOnce()
  })

  it('keeps its pieces for those who iterate late or again', async () => {
    const firesight = await firesightWith({ answerQuestion: streaming })
    const answer = firesight.answerQuestion(ask)
    await answer
    const all = ['A red ', 'circle ', '– «öß».']
    expect([await piecesOf(answer), await piecesOf(answer)]).toEqual([all, all])
  })

  it('gives a piece while later ones are still being made', async () => {
    let goOn = () => {}
    const firesight = await firesightWith({
      answerQuestion: async (_, response) => {
        await response.sendChunk({ text: 'first' })
        await new Promise<void>((resolve) => (goOn = resolve))
        await response.sendChunk({ text: 'second' })
        return { answer: 'firstsecond' }
      },
    })
    const pieces: string[] = []
    // The function waits for what is done here with the first piece.
    for await (const piece of firesight.answerQuestion(ask)) {
      pieces.push(piece)
      goOn()
    }
    expect(pieces).toEqual(['first', 'second'])
  })

  it('that was not streamed is one piece', async () => {
    const firesight = await firesightWith({ answerQuestion: () => ({ answer: 'All at once.' }) })
    expect(await piecesOf(firesight.answerQuestion(ask))).toEqual(['All at once.'])
  })

  it('that fails in the middle gives what came, then the error, to those who iterate and to those who await', async () => {
    const firesight = await firesightWith({
      answerQuestion: async (_, response) => {
        await response.sendChunk({ text: 'I think' })
        throw failure('failed-precondition', { reason: 'blocked-safety', retryable: false })
      },
    })
    const answer = firesight.answerQuestion(ask)
    const pieces: string[] = []
    const iterate = async () => {
      for await (const piece of answer) pieces.push(piece)
    }
    const expected = { code: 'blocked-safety', message: 'In words: blocked-safety.', requestId: 'r1' }
    expect(await errorOf(iterate())).toMatchObject(expected)
    expect(await errorOf(answer)).toMatchObject(expected)
    expect(pieces).toEqual(['I think'])
  })

  it('that is cancelled ends with "cancelled", and the function is told', async () => {
    let told = () => {}
    const wasTold = new Promise<void>((resolve) => (told = resolve))
    const firesight = await firesightWith({
      answerQuestion: async (_, response) => {
        response.signal.addEventListener('abort', told)
        await response.sendChunk({ text: 'A' })
        await wasTold
      },
    })
    const stop = new AbortController()
    const answer = firesight.answerQuestion(ask, { signal: stop.signal })
    const iterate = async () => {
      for await (const _ of answer) stop.abort(new Error('the user left'))
    }
    const cancelled = { name: 'FiresightError', code: 'cancelled', retryable: true }
    expect(await errorOf(iterate())).toMatchObject(cancelled)
    expect(await errorOf(answer)).toMatchObject(cancelled)
    await wasTold
  })
})

describe('an error', () => {
  const image = { path: 'users/u/uploads/a.png' }
  const limited: Handler = () => {
    throw failure('resource-exhausted', { reason: 'calls-exceeded', retryable: true, retryAfterMs: 4200 })
  }
  const { signal } = new AbortController()
  it.each([
    ['a plain call', {}],
    ['a call that can be cancelled', { signal }],
  ])("has the functions' own code, words and details in %s", async (_, options) => {
    const firesight = await firesightWith({ describeImage: limited })
    const error = await errorOf(firesight.describeImage({ image }, options))
    expect(error).toMatchObject({
      name: 'FiresightError',
      code: 'calls-exceeded',
      message: 'In words: calls-exceeded.',
      retryable: true,
      retryAfterMs: 4200,
      requestId: 'r1',
      issues: undefined,
      cause: { code: 'functions/resource-exhausted' },
    })
  })

  it('of a wrong request says which field is wrong', async () => {
    const firesight = await firesightWith({ detectObjects: () => ({}) })
    const error = await errorOf(firesight.detectObjects({ image, overlay: true }))
    expect(error).toMatchObject({
      code: 'invalid-request',
      issues: [{ path: 'overlay', message: 'needs masks: true' }],
    })
  })

  it.each([
    ['a plain call', {}],
    ['a call that can be cancelled', { signal }],
  ])('without details is "internal", and no network failure, in %s', async (_, options) => {
    const firesight = await firesightWith({
      describeImage: () => {
        throw new TypeError('a bug')
      },
    })
    expect(await errorOf(firesight.describeImage({ image }, options))).toMatchObject({
      code: 'internal',
      retryable: true,
    })
  })

  it.each([
    ['a plain call', {}],
    ['a call that can be cancelled', { signal }],
  ])('is "network" when nobody answers %s', async (_, options) => {
    const firesight = await firesightWith({})
    await server?.close()
    server = undefined
    const error = await errorOf(firesight.describeImage({ image }, options))
    expect(error).toMatchObject({ code: 'network', retryable: true })
  })

  it('is "not-found" when there is no such function, and never a wait for ever', async () => {
    const firesight = await firesightWith({})
    expect(await errorOf(firesight.describeImage({ image }))).toMatchObject({ code: 'not-found' })
    // A stream's status cannot be seen.
    expect(await errorOf(firesight.describeImage({ image }, { signal }))).toMatchObject({ code: 'network' })
  })

  it.each([
    ['a plain call', {}],
    ['a call that can be cancelled', { signal }],
  ])('is "deadline-exceeded" when %s takes too long', async (_, options) => {
    const firesight = await firesightWith({
      describeImage: async () => new Promise((resolve) => setTimeout(resolve, 5_000).unref()),
    })
    const error = await errorOf(firesight.describeImage({ image }, { ...options, timeoutMs: 100 }))
    expect(error).toMatchObject({ code: 'deadline-exceeded', retryable: true })
  })

  it('is "cancelled" when the call was cancelled before it began', async () => {
    const handler = vi.fn<Handler>()
    const firesight = await firesightWith({ describeImage: handler })
    const error = await errorOf(firesight.describeImage({ image }, { signal: AbortSignal.abort() }))
    expect(error).toMatchObject({ code: 'cancelled' })
    expect(handler).not.toHaveBeenCalled()
  })
})
