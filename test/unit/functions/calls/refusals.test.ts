import sharp from 'sharp'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CALL_NAMES, REQUESTS } from '../../../support/call-samples.ts'
import { BUCKET, type CallName, logged, startCalls } from '../../../support/calls.ts'
import { drawScene, FOUR_SHAPES } from '../../../support/scene.ts'

const { png } = await drawScene(FOUR_SHAPES)
const calls = await startCalls()
afterAll(() => calls.close())

const OWN = { path: 'users/alice/uploads/scene.png' }
const inline = (bytes: Buffer, mimeType = 'image/png') => ({
  inlineData: { mimeType, data: bytes.toString('base64') },
})

beforeEach(async () => {
  calls.reset()
  calls.store(OWN.path, png)
  calls.store('users/bob/uploads/scene.png', png)
  await calls.forget()
})
afterEach(() => vi.unstubAllEnvs())

type Refusal = [what: string, image: () => object, status: string, reason: string]

const NOT_OWN = ['PERMISSION_DENIED', 'path-not-allowed'] as const
const INVALID = ['INVALID_ARGUMENT', 'invalid-request'] as const

/**
 * One of each way in which callables can differ: the owner check, the schema, and the inspection of bytes.
 */
const BASIC_REFUSALS: Refusal[] = [
  ["another user's photo", () => ({ path: 'users/bob/uploads/scene.png' }), ...NOT_OWN],
  [
    'a photo that does not exist',
    () => ({ path: 'users/alice/uploads/none.png' }),
    'NOT_FOUND',
    'object-gone',
  ],
  ['a path and a URL', () => ({ ...OWN, url: 'https://images.example.com/a.png' }), ...INVALID],
  ['half of a PNG', () => inline(png.subarray(0, png.length / 2)), 'INVALID_ARGUMENT', 'corrupt-image'],
]

const OTHER_REFUSALS: Refusal[] = [
  ['a photo that another user does not have', () => ({ path: 'users/bob/uploads/none.png' }), ...NOT_OWN],
  ['another bucket', () => ({ path: `gs://other/${OWN.path}` }), ...NOT_OWN],
  ['a path with ..', () => ({ path: 'users/alice/uploads/../../bob/uploads/scene.png' }), ...NOT_OWN],
  ['a path with %2e%2e', () => ({ path: 'users/alice/uploads/%2e%2e/scene.png' }), ...NOT_OWN],
  ['a result file', () => ({ path: 'users/alice/annotations/a/1/overlay.png' }), ...NOT_OWN],
  [
    'a URL while no host is allowed',
    () => ({ url: 'https://images.example.com/a.png' }),
    'PERMISSION_DENIED',
    'url-not-allowed',
  ],
  [
    'a file of the Files API',
    () => ({ fileData: { fileUri: 'https://generativelanguage.googleapis.com/v1/files/abc' } }),
    ...INVALID,
  ],
  ['an empty image', () => ({}), ...INVALID],
  ['data that is not base64', () => ({ inlineData: { mimeType: 'image/png', data: '<html>' } }), ...INVALID],
  [
    'a data URL',
    () => ({ inlineData: { mimeType: 'image/png', data: 'data:image/png;base64,AAAA' } }),
    ...INVALID,
  ],
  ['a MIME type that is not an image', () => inline(png, 'text/html'), ...INVALID],
  [
    'HTML that is declared as PNG',
    () => inline(Buffer.from('<html><script>alert(1)</script></html>')),
    'INVALID_ARGUMENT',
    'unsupported-type',
  ],
  [
    'a GIF',
    () => inline(Buffer.from('GIF89a\u0001\u0000\u0001\u0000', 'latin1')),
    'INVALID_ARGUMENT',
    'unsupported-type',
  ],
  [
    'more than 20 MB inline',
    () => inline(Buffer.alloc(20 * 1024 * 1024 + 10)),
    'INVALID_ARGUMENT',
    'request-too-large',
  ],
]

/** All callables read images by the same code, so the full list runs against this one only. */
describe('describeImage()', () => {
  const describeImage = async (image: object) => calls.call('describeImage', { image })

  it.each(OTHER_REFUSALS)('refuses %s', async (_, image, status, reason) => {
    expect((await describeImage(image())).error).toMatchObject({ status, details: { reason } })
    expect(await calls.requests()).toEqual([])
  })

  it('refuses a photo with more bytes than MAX_IMAGE_BYTES', async () => {
    vi.stubEnv('MAX_IMAGE_BYTES', String(png.length - 1))
    expect((await describeImage(OWN)).error?.details?.reason).toBe('file-too-large')
  })

  it('refuses a photo with more pixels than MAX_IMAGE_PIXELS', async () => {
    vi.stubEnv('MAX_IMAGE_PIXELS', '1000')
    expect((await describeImage(OWN)).error?.details?.reason).toBe('too-many-pixels')
  })

  it.each([
    'https://evil.example.com/a.png',
    'https://photos.example.com/a.png',
    'http://images.example.com/a.png',
    'https://images.example.com:8443/a.png',
    'https://user:word@images.example.com/a.png',
    'https://127.0.0.1/a.png',
    'https://images.example.com.evil.com/a.png',
  ])('refuses %s if only images.example.com and *.photos.example.com are allowed', async (url) => {
    vi.stubEnv('URL_IMAGE_HOSTS', 'images.example.com,*.photos.example.com')
    expect((await describeImage({ url })).error).toMatchObject({
      status: 'PERMISSION_DENIED',
      details: { reason: 'url-not-allowed' },
    })
  })
})

describe.each(CALL_NAMES)('%s()', (name) => {
  const call = async (image: object, init = {}) => calls.call(name, REQUESTS[name](image), init)

  it.each(BASIC_REFUSALS)('refuses %s', async (_, image, status, reason) => {
    const { error, httpStatus } = await call(image())
    expect(error).toMatchObject({
      status,
      details: { reason, requestId: expect.stringMatching(/^[\w-]{36}$/) },
    })
    expect(httpStatus).toBeGreaterThanOrEqual(400)
    expect(await calls.requests()).toEqual([])
  })

  it('refuses a caller who is not signed in', async () => {
    const { error, httpStatus } = await call(OWN, { uid: null })
    expect(httpStatus).toBe(401)
    expect(error).toMatchObject({
      status: 'UNAUTHENTICATED',
      details: { reason: 'unauthenticated', retryable: false },
    })
    expect(await calls.requests()).toEqual([])
  })

  it('refuses a token without a user id', async () => {
    const { error } = await call(OWN, { uid: '' })
    expect(error).toMatchObject({ status: 'UNAUTHENTICATED' })
  })

  it('refuses images with more bytes in total than MAX_CALL_BYTES', async () => {
    vi.stubEnv('MAX_CALL_BYTES', String(png.length - 1))
    expect((await call(OWN)).error).toMatchObject({
      status: 'INVALID_ARGUMENT',
      details: { reason: 'request-too-large' },
    })
  })

  it('reads no image when one of them is not allowed', async () => {
    const { readLive } = calls.photos
    const read: string[] = []
    calls.photos.readLive = async (object, maxBytes) => {
      read.push(object.name)
      return readLive(object, maxBytes)
    }
    await calls.call(name, REQUESTS[name]({ path: 'users/bob/uploads/scene.png' }, OWN))
    await calls.call(name, REQUESTS[name]({ url: 'https://evil.example.com/a.png' }, OWN))
    expect(read).toEqual([])
  })

  it('refuses unknown fields and names them', async () => {
    const { error } = await calls.call(name, { ...REQUESTS[name](OWN), fileUri: 'files/abc' })
    expect(error?.details?.reason).toBe('invalid-request')
    expect(error!.details!.issues![0]!.message).toContain('fileUri')
  })

  it.each([null, undefined, 7, 'text', [], [[]], { images: null, image: null }, { images: {}, image: [] }])(
    'refuses %j',
    async (data) => {
      const { error } = await calls.call(name, data)
      expect(error?.status).toBe('INVALID_ARGUMENT')
      expect(await calls.requests()).toEqual([])
    },
  )

  it('refuses the keys __proto__ and constructor', async () => {
    const data = JSON.parse(`{"__proto__": {"admin": true}, "constructor": 1}`)
    const { error } = await calls.call(name, { ...REQUESTS[name](OWN), ...data })
    expect(error?.details?.reason).toBe('invalid-request')
    expect(({} as { admin?: boolean }).admin).toBeUndefined()
  })

  it('refuses a call without an App Check token if App Check is enforced', async () => {
    vi.stubEnv('ENFORCE_APP_CHECK', 'true')
    const { error } = await call(OWN)
    expect(error).toMatchObject({ status: 'UNAUTHENTICATED', details: { reason: 'app-check-failed' } })
    expect(await calls.requests()).toEqual([])
  })

  it('does not log paths, URLs or field names', async () => {
    await calls.call(name, { ...REQUESTS[name]({ path: 'users/alice/uploads/CANARY.png' }), CANARY: 1 })
    await calls.call(name, REQUESTS[name]({ path: 'users/alice/uploads/CANARY.png' }))
    await calls.call(name, REQUESTS[name]({ url: 'https://CANARY.example.com/?CANARY' }))
    expect(logged.length).toBeGreaterThan(3)
    expect(logged.filter((line) => line.includes('CANARY'))).toEqual([])
  })
})

const SEVERAL: CallName[] = ['answerQuestion', 'compareImages']
describe.each(SEVERAL)('%s()', (name) => {
  it('accepts 16 images, and refuses 17', async () => {
    const many = (count: number) => REQUESTS[name](...Array.from({ length: count }, () => OWN))
    expect((await calls.call(name, many(16))).error).toBeUndefined()
    const { error } = await calls.call(name, many(17))
    expect(error).toMatchObject({ status: 'INVALID_ARGUMENT', details: { reason: 'too-many-images' } })
  })

  it('refuses more images than MAX_CALL_IMAGES', async () => {
    vi.stubEnv('MAX_CALL_IMAGES', '2')
    expect((await calls.call(name, REQUESTS[name](OWN, OWN))).error).toBeUndefined()
    const { error } = await calls.call(name, REQUESTS[name](OWN, OWN, OWN))
    expect(error?.details?.reason).toBe('too-many-images')
  })

  it('refuses a question of more than 2000 characters', async () => {
    const { error } = await calls.call(name, { ...REQUESTS[name](OWN, OWN), question: 'x'.repeat(2001) })
    expect(error?.details?.issues).toMatchObject([{ path: 'question' }])
  })

  it('accepts inline bytes, a path and a gs:// path in one call', async () => {
    const jpeg = await sharp(png).jpeg().toBuffer()
    const { error } = await calls.call(
      name,
      REQUESTS[name](OWN, inline(jpeg, 'image/jpeg'), { path: `gs://${BUCKET}/${OWN.path}` }),
    )
    expect(error).toBeUndefined()
    expect((await calls.requests())[0]!.images).toHaveLength(3)
  })
})

it('compareImages() refuses a single image', async () => {
  const { error } = await calls.call('compareImages', { images: [OWN] })
  expect(error?.details?.issues).toMatchObject([{ path: 'images' }])
})
