import { readFile } from 'node:fs/promises'
import sharp from 'sharp'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FAILURES as CODES, type ErrorCode } from '../../../../functions/src/errors.ts'
import { httpsImages } from '../../../../functions/src/stores/https/https-images.ts'
import { startCalls } from '../../../support/calls.ts'
import { PHOTO, photoBytes, recordOutput, watchForLeaks } from '../../../support/canaries.ts'
import { deliver, documentOf } from '../../../support/deliver.ts'
import { dns } from '../../../support/image-server.ts'

/* Input that no model is asked about: errors name the problem and nothing else. */

const calls = await startCalls()
afterAll(() => calls.close())
watchForLeaks()

beforeEach(async () => {
  calls.reset()
  await calls.forget()
})
afterEach(() => vi.unstubAllEnvs())

const tiny = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
  .png()
  .toBuffer()
const heic = await readFile(new URL('../../../fixtures/four-shapes.heic', import.meta.url))

type Input = { code: ErrorCode; name: string; bytes: Buffer; env?: Record<string, string> }

const INPUTS: Input[] = [
  { code: 'empty-file', name: 'an empty file', bytes: Buffer.alloc(0) },
  { code: 'unsupported-type', name: 'SVG', bytes: Buffer.from('<svg><text>CANARY</text></svg>') },
  { code: 'unsupported-type', name: 'a GIF', bytes: Buffer.from('GIF89a CANARY') },
  { code: 'heic-disabled', name: 'a HEIC', bytes: heic, env: { HEIC: 'off' } },
  { code: 'corrupt-image', name: 'half a JPEG', bytes: photoBytes.subarray(0, photoBytes.length / 2) },
  { code: 'bad-dimensions', name: '8 x 8 pixels', bytes: tiny },
  {
    code: 'too-many-pixels',
    name: 'more pixels than allowed',
    bytes: photoBytes,
    env: { MAX_IMAGE_PIXELS: '1000' },
  },
  {
    code: 'file-too-large',
    name: 'more bytes than allowed',
    bytes: photoBytes,
    env: { MAX_IMAGE_BYTES: '1000' },
  },
]

/** Stores the input as the photo. */
function store({ bytes, env = {} }: Input): void {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  calls.store(PHOTO, bytes)
}

const errorOf = (code: ErrorCode, status: string) => ({
  status,
  message: CODES[code].message,
  details: { reason: code, retryable: CODES[code].retryable, requestId: expect.any(String) },
})

describe('onImageUploaded()', () => {
  it.each(INPUTS)('rejects $name with $code', async (input) => {
    store(input)
    expect(await deliver()).toEqual({ ended: 'acknowledged' })
    const { code } = input
    const error = { code, message: CODES[code].message, retryable: false }
    expect(documentOf(calls)).toMatchObject({ status: 'rejected', error, lease: null })
    expect(await calls.requests()).toEqual([])
    expect(await deliver()).toEqual({ ended: 'acknowledged' })
    expect(documentOf(calls)).toMatchObject({ status: 'rejected', attempts: 1 })
  })
})

describe.each([
  ['answerQuestion', { images: { path: PHOTO }, question: 'CANARY-QUESTION' }],
  ['annotateImage', { path: PHOTO }],
] as const)('%s()', (name, request) => {
  it.each(INPUTS)('refuses $name with $code', async (input) => {
    store(input)
    const { error } = await calls.call(name, request)
    recordOutput(error)
    expect(error).toEqual(errorOf(input.code, 'INVALID_ARGUMENT'))
    expect(await calls.requests()).toEqual([])
  })
})

describe('answerQuestion()', () => {
  const ask = async (images: unknown, question: unknown = 'CANARY-QUESTION') => {
    const { error } = await calls.call('answerQuestion', { images, question })
    recordOutput(error)
    expect(await calls.requests()).toEqual([])
    return error
  }
  const SIGNED = 'https://photos.example.org/canary.jpg?X-Goog-Signature=CANARY-SIGNATURE'

  it('refuses a signed URL whose host is not allowed', async () => {
    expect(await ask({ url: SIGNED })).toEqual(errorOf('url-not-allowed', 'PERMISSION_DENIED'))
  })

  it.each<[ErrorCode, string, string[]]>([
    ['url-unreadable', 'UNAVAILABLE', []],
    ['url-not-allowed', 'PERMISSION_DENIED', ['127.0.0.1']],
  ])('returns only %s for a signed URL that cannot be fetched', async (code, status, addresses) => {
    vi.stubEnv('URL_IMAGE_HOSTS', 'photos.example.org')
    calls.reset({ urlImages: httpsImages({ agent: { lookup: dns(() => addresses) } }) })
    expect(await ask({ url: SIGNED })).toEqual(errorOf(code, status))
  })

  it.each<[string, ErrorCode, string, unknown, unknown?]>([
    [
      "another user's photo",
      'path-not-allowed',
      'PERMISSION_DENIED',
      { path: 'users/bob/uploads/canary.jpg' },
    ],
    ['a photo that does not exist', 'object-gone', 'NOT_FOUND', { path: PHOTO }],
    [
      'many images',
      'too-many-images',
      'INVALID_ARGUMENT',
      Array.from({ length: 50 }, () => ({ path: PHOTO })),
    ],
  ])('refuses %s with %s', async (_, code, status, images) => {
    expect(await ask(images)).toEqual(errorOf(code, status))
  })

  it('names the invalid fields of a request without their values', async () => {
    const inlineData = { mimeType: 'canary/type', data: photoBytes.toString('base64') }
    const error = await ask({ inlineData, url: SIGNED }, ['CANARY-QUESTION'])
    expect(error).toMatchObject({ status: 'INVALID_ARGUMENT', details: { reason: 'invalid-request' } })
    expect(error?.details?.issues?.length).toBeGreaterThan(0)
  })
})
