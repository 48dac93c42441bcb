import { deleteApp, type FirebaseApp, initializeApp } from 'firebase/app'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createFiresight, type FiresightError, type FiresightOptions } from '../../../client/src/index.ts'
import { watchRefusal } from '../../../client/src/signed-in.ts'
import type { Handler } from '../../support/callable-server.ts'
import { errorOf, firesightWith } from './served.ts'

const PNG = new Uint8Array(Buffer.from('89504e470d0a1a0a00', 'hex'))
const auth = { authStateReady: async () => {}, currentUser: { uid: 'u' } }
const path = 'users/u/uploads/a.png'

let app: FirebaseApp
beforeEach(() => {
  app = initializeApp({ projectId: 'demo-firesight', apiKey: 'fake' }, 'mistakes')
})
afterEach(async () => deleteApp(app))

const firesightOf = (options: Partial<FiresightOptions> = {}) => createFiresight({ app, auth, ...options })

/** The error that a watch reports. */
const watchError = async (watch: (onError: (error: FiresightError) => void) => () => void) =>
  new Promise<FiresightError>((resolve) => {
    watch(resolve)
  })

describe('an app without a bucket', () => {
  const expected = {
    name: 'FiresightError',
    code: 'misconfigured',
    retryable: false,
    message: expect.stringMatching(/storageBucket/),
  }
  const annotation = { status: 'succeeded', name: path, contentType: 'image/png' } as never
  it.each([
    ['upload()', async () => firesightOf().upload(PNG)],
    ['remove()', async () => firesightOf().remove(path)],
    ['photoUrl()', async () => firesightOf().photoUrl(annotation)],
    ['overlayUrl()', async () => firesightOf().overlayUrl({ overlay: { path: 'a.png' } })],
    ['maskUrl()', async () => firesightOf().maskUrl({ mask: { path: 'a.png' }, box: {} as never })],
    ['previewUrl()', async () => firesightOf().previewUrl({ preview: { path: 'a.jpg' } })],
    ['thumbnailUrl()', async () => firesightOf().thumbnailUrl({ thumbnail: { path: 'a.jpg' } })],
    ['detection()', async () => firesightOf().detection('objects.json')],
  ])('makes %s fail with "misconfigured"', async (_, call) => {
    expect(await errorOf(call())).toMatchObject(expected)
  })
  it('makes watch() fail with "misconfigured"', async () => {
    const error = await watchError((onError) => firesightOf().watch(path, () => {}, onError))
    expect(error).toMatchObject(expected)
  })
})

describe('an app from another copy of the Firebase SDK', () => {
  // Such an app has a container in which no service of this copy is registered.
  const foreign = (): FirebaseApp => {
    const { name, options, container } = app as FirebaseApp & { container: object }
    const Container = container.constructor as new (name: string) => object
    const created = { name, options: { ...options, storageBucket: 'b' }, container: new Container(name) }
    return created as unknown as FirebaseApp
  }
  const expected = {
    name: 'FiresightError',
    code: 'misconfigured',
    retryable: false,
    cause: expect.any(Error),
  }
  it.each([
    [
      'answerQuestion()',
      async () => firesightOf({ app: foreign() }).answerQuestion({ images: path, question: '?' }),
    ],
    ['describeImage()', async () => firesightOf({ app: foreign() }).describeImage({ image: path })],
    ['annotateImage()', async () => firesightOf({ app: foreign() }).annotateImage({ path })],
    ['upload()', async () => firesightOf({ app: foreign() }).upload(PNG)],
    ['remove()', async () => firesightOf({ app: foreign() }).remove(path)],
    ['previewUrl()', async () => firesightOf({ app: foreign() }).previewUrl({ preview: { path: 'a.jpg' } })],
    ['upload() without Auth', async () => createFiresight({ app: foreign() }).upload(PNG)],
  ])('makes %s fail with "misconfigured"', async (_, call) => {
    expect(await errorOf(call())).toMatchObject(expected)
  })
  it('makes watch() and watchNewest() fail with "misconfigured"', async () => {
    const firesight = firesightOf({ app: foreign() })
    expect(await watchError((onError) => firesight.watch(path, () => {}, onError))).toMatchObject(expected)
    expect(await watchError((onError) => firesight.watchNewest(() => {}, { onError }))).toMatchObject(
      expected,
    )
  })
})

describe('arguments of the wrong type', () => {
  const wrong = { name: 'FiresightError', code: 'invalid-request', retryable: false }
  it.each([
    ['null', null, 'it is null'],
    ['undefined', undefined, 'it is undefined'],
    ['an ArrayBuffer', new ArrayBuffer(4), 'it is ArrayBuffer'],
    ['another object', { file: 'a.png' }, 'it is Object'],
    ['an http URL', 'http://example.com/a.png', 'it starts with http:'],
    ['a data URL', 'data:image/png;base64,AAAA', 'it starts with data:'],
    ['a blob URL', 'blob:https://example.com/1', 'it starts with blob:'],
  ])('are rejected before the call: %s as an image', async (_, image, message) => {
    const handler = vi.fn<Handler>()
    const firesight = await firesightWith({ describeImage: handler, answerQuestion: handler })
    const expected = (field: string) => ({
      ...wrong,
      message: expect.stringContaining(message),
      issues: [{ path: field, message: expect.stringContaining(message) }],
    })
    expect(await errorOf(firesight.describeImage({ image: image as never }))).toMatchObject(expected('image'))
    const answer = firesight.answerQuestion({ images: [path, image as never], question: '?' })
    expect(await errorOf(answer)).toMatchObject(expected('images.1'))
    expect(handler).not.toHaveBeenCalled()
  })
  it.each([
    ['describeImage()', async () => firesightOf().describeImage(undefined as never)],
    ['detectObjects()', async () => firesightOf().detectObjects(null as never)],
    ['compareImages()', async () => firesightOf().compareImages({ images: path as never })],
    ['annotateImage()', async () => firesightOf().annotateImage(undefined as never)],
    ['answerQuestion()', async () => firesightOf().answerQuestion(undefined as never)],
    ['upload()', async () => firesightOf({ bucket: 'b' }).upload(null as never)],
    ['remove()', async () => firesightOf({ bucket: 'b' }).remove(undefined as never)],
    ['photoUrl()', async () => firesightOf().photoUrl(null as never)],
    ['overlayUrl()', async () => firesightOf().overlayUrl(undefined as never)],
    ['maskUrl()', async () => firesightOf().maskUrl(undefined as never)],
    ['previewUrl()', async () => firesightOf().previewUrl(undefined as never)],
  ])('are "invalid-request" for %s', async (_, call) => {
    expect(await errorOf(call())).toMatchObject(wrong)
  })
  it.each([[null], [undefined], [{}]])('are "invalid-request" for watch(): %o', async (photo) => {
    const firesight = firesightOf({ bucket: 'b' })
    const error = await watchError((onError) => firesight.watch(photo as never, () => {}, onError))
    expect(error).toMatchObject({ ...wrong, message: expect.stringContaining('photo must be') })
  })
  it.each([200, 0, 1.5, Number.NaN])(
    'are "invalid-request" for watchNewest() and listPhotos(): a limit of %s',
    async (limit) => {
      const expected = { ...wrong, message: expect.stringContaining('1 to 100') }
      const firesight = firesightOf()
      expect(
        await watchError((onError) => firesight.watchNewest(() => {}, { limit, onError })),
      ).toMatchObject(expected)
      expect(await errorOf(firesight.listPhotos({ limit }))).toMatchObject(expected)
    },
  )
  it.each([
    ['', 'it is ""'],
    [' ', 'it is " "'],
    [null, 'it is null'],
    [['cat'], 'it is Array'],
  ])('are "invalid-request" for listPhotos(): the label %o', async (label, message) => {
    expect(await errorOf(firesightOf().listPhotos({ label: label as never }))).toMatchObject({
      ...wrong,
      message: expect.stringContaining(message),
      issues: [expect.objectContaining({ path: 'label' })],
    })
  })
})

describe('watchRefusal()', () => {
  const refused = Object.assign(new Error('Missing permissions'), { code: 'permission-denied' })
  it('distinguishes a signed-out user from a denied user if it has the Auth', () => {
    const signedOut = { ...auth, currentUser: null }
    expect(watchRefusal(refused, signedOut)).toMatchObject({
      name: 'FiresightError',
      code: 'unauthenticated',
      retryable: false,
      cause: refused,
    })
    expect(watchRefusal(refused, auth)).toBe(refused)
    expect(watchRefusal(refused, undefined)).toBe(refused)
  })
  it('returns other failures unchanged', () => {
    const lost = Object.assign(new Error('Offline'), { code: 'unavailable' })
    expect(watchRefusal(lost, { ...auth, currentUser: null })).toBe(lost)
  })
})
