import { getApp } from 'firebase/app'
import { CustomProvider, initializeAppCheck } from 'firebase/app-check'
import { describe, expect, it, vi } from 'vitest'
import type { Firesight } from '../../../client/src/index.ts'
import type { Handler } from '../../support/callable-server.ts'
import { errorOf, firesightWith } from './served.ts'

const PNG = Buffer.from('89504e470d0a1a0a00', 'hex')

describe('the images of a call', () => {
  async function sent(image: Parameters<Firesight['describeImage']>[0]['image']) {
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
    [
      'an https URL in capitals',
      'HTTPS://images.example.com/a.png',
      { url: 'HTTPS://images.example.com/a.png' },
    ],
    [
      'an annotation',
      { name: 'users/u/uploads/a.png', bucket: 'b' },
      { path: 'gs://b/users/u/uploads/a.png' },
    ],
    ['inline data', inline, inline],
    ['bytes', new Uint8Array(PNG), inline],
    ['a Blob without a type', new Blob([PNG]), inline],
    ['a File with the wrong type', new File([PNG], 'a.jpg', { type: 'image/jpeg' }), inline],
  ] as const)('can be %s', async (_, image, expected) => {
    expect(await sent(image as never)).toEqual({ image: expected, language: 'de' })
  })

  it('can be an upload that is not finished: the call waits for it', async () => {
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

  it('can be bytes of any length', async () => {
    const bytes = new Uint8Array(100_001).map((_, index) => index % 251)
    bytes.set(PNG)
    const request = (await sent(bytes)) as { image: typeof inline }
    expect(Buffer.from(request.image.inlineData.data, 'base64').equals(bytes)).toBe(true)
  })

  it.each([
    ['of an unknown type', new Uint8Array([1, 2, 3]), 'unsupported-type'],
    ['of a type that is not supported', new Blob(['GIF89a'], { type: 'image/png' }), 'unsupported-type'],
    ['empty', new Blob([], { type: 'image/png' }), 'empty-file'],
    [
      'too large',
      new Blob([new Uint8Array(20 * 1024 * 1024 + 1)], { type: 'image/png' }),
      'request-too-large',
    ],
  ])('are rejected before the call when they are %s', async (_, image, code) => {
    const handler = vi.fn<Handler>()
    const firesight = await firesightWith({ describeImage: handler, answerQuestion: handler })
    expect(await errorOf(firesight.describeImage({ image }))).toMatchObject({ code, retryable: false })
    expect(await errorOf(firesight.answerQuestion({ images: image, question: '?' }))).toMatchObject({ code })
    expect(handler).not.toHaveBeenCalled()
  })
})

describe('each call', () => {
  const image = { path: 'users/u/uploads/a.png' }
  it('sends the request that its function expects, and returns the result', async () => {
    const echo: Handler = ({ data }) => ({ echoed: data })
    const firesight = await firesightWith({
      compareImages: echo,
      detectObjects: echo,
      describeImage: echo,
      annotateImage: echo,
      answerQuestion: echo,
      deleteMyData: echo,
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
    const confirmation = { confirm: 'delete my data' as const }
    expect(await firesight.deleteMyData(confirmation)).toEqual({ echoed: confirmation })
    expect(await firesight.deleteMyData()).toEqual({ echoed: {} })
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

  it('omits undefined fields', async () => {
    const firesight = await firesightWith({ describeImage: ({ data }) => data })
    expect(await firesight.describeImage({ image, language: undefined, style: undefined })).toEqual({ image })
  })

  it('uses the deployed names of the functions', async () => {
    const firesight = await firesightWith(
      { 'kit-describeImage': () => 'prefixed', 'my-own-annotateImage': () => 'renamed' },
      { prefix: 'kit-', names: { annotateImage: 'my-own-annotateImage' } },
    )
    expect(await firesight.describeImage({ image })).toBe('prefixed')
    expect(await firesight.annotateImage(image)).toBe('renamed')
  })

  it('uses the names of a kit instance', async () => {
    const handlers = { 'kit-photos-describeImage': () => 'of the instance' }
    const firesight = await firesightWith(handlers, { instance: 'photos' })
    expect(await firesight.describeImage({ image })).toBe('of the instance')
  })
})

describe('the App Check token of the app', () => {
  it.each([
    ['is sent with each call', {}],
    ['is sent with each call, also if it is for one use', { limitedUseAppCheckTokens: true }],
  ])('%s', async (_, options) => {
    const seen: unknown[] = []
    const firesight = await firesightWith(
      { describeImage: ({ rawRequest }) => void seen.push(rawRequest.headers['x-firebase-appcheck']) },
      options,
    )
    const provider = new CustomProvider({
      getToken: async () => ({ token: 'token', expireTimeMillis: Date.now() + 3_600_000 }),
    })
    initializeAppCheck(getApp('calls'), { provider, isTokenAutoRefreshEnabled: false })
    await firesight.describeImage({ image: 'users/u/uploads/a.png' })
    expect(seen).toEqual(['token'])
  })
})
