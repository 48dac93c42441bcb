import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { FirebaseError, initializeApp } from 'firebase/app'
import sharp from 'sharp'
import { describe, expect, it, vi } from 'vitest'
import { toFiresightError } from '../../../client/src/firebase-error.ts'
import { photoTypeOfBytes } from '../../../client/src/formats.ts'
import { idOfPhoto } from '../../../client/src/image-id.ts'
import {
  ACCEPT,
  acceptPhoto,
  createFiresight,
  FiresightError,
  imageIdOf,
  MAX_INLINE_BYTES,
  MAX_UPLOAD_BYTES,
  PHOTO_TYPES,
} from '../../../client/src/index.ts'
import { ANNOTATE_TIMEOUT_MS, CALL_TIMEOUT_MS } from '../../../client/src/settings.ts'
import { follow } from '../../../client/src/watch.ts'
import * as server from '../../../functions/src/api/image-ref.ts'
import {
  ANNOTATE_CALL_OPTIONS,
  EXPENSIVE_CALL_OPTIONS,
} from '../../../functions/src/config/function-options.ts'
import { imageIdOf as serverImageIdOf } from '../../../functions/src/document/storage-paths.ts'
import { drawMask } from '../../../functions/src/masks/draw.ts'
import { runsFromPolygon } from '../../../functions/src/masks/runs-from-polygon.ts'

const signedOut = { authStateReady: async () => {}, currentUser: null }
const app = initializeApp({ projectId: 'demo-firesight', apiKey: 'fake', storageBucket: 'b' }, 'photos')

describe('what the client shares with the functions', () => {
  it('is the same there', () => {
    expect(MAX_INLINE_BYTES).toBe(server.MAX_INLINE_BYTES)
    expect(PHOTO_TYPES).toEqual(server.IMAGE_TYPES)
  })

  it('leaves the functions the time that they take', () => {
    expect(CALL_TIMEOUT_MS).toBeGreaterThan(Number(EXPENSIVE_CALL_OPTIONS.timeoutSeconds) * 1000)
    expect(ANNOTATE_TIMEOUT_MS).toBeGreaterThan(Number(ANNOTATE_CALL_OPTIONS.timeoutSeconds) * 1000)
  })

  it('is what storage.rules say', () => {
    const rules = readFileSync(join(import.meta.dirname, '../../../storage.rules'), 'utf8')
    expect(rules).toContain(`request.resource.size <= ${MAX_UPLOAD_BYTES / 1024 / 1024} * 1024 * 1024`)
    for (const type of PHOTO_TYPES) expect(rules).toContain(`'${type}'`)
  })

  it.each([
    ['b', 'users/u/uploads/a.png'],
    ['b.appspot.com', 'users/ü/uploads/ä b.png'],
  ])('imageIdOf() gives the id of the document of %s %s', async (bucket, path) => {
    expect(await imageIdOf(bucket, path)).toBe(serverImageIdOf(bucket, path))
  })
})

describe('idOfPhoto()', () => {
  it('takes an annotation for the photo that it is of, in whatever bucket', async () => {
    const annotation = { name: 'users/u/uploads/a.png', bucket: 'photos' }
    expect(await idOfPhoto(() => 'b', annotation)).toBe(serverImageIdOf(annotation.bucket, annotation.name))
  })
})

describe('acceptPhoto()', () => {
  it.each([
    [
      { name: 'a.png', type: 'image/png', size: 1 },
      { contentType: 'image/png', ending: 'png' },
    ],
    [
      { name: 'a.weird', type: 'image/jpeg', size: 1 },
      { contentType: 'image/jpeg', ending: 'jpg' },
    ],
    [
      { name: 'a.jpg', type: 'image/jpg', size: 1 },
      { contentType: 'image/jpeg', ending: 'jpg' },
    ],
    [
      { name: 'IMG_1.HEIC', type: '', size: MAX_UPLOAD_BYTES },
      { contentType: 'image/heic', ending: 'heic' },
    ],
  ])('takes %o', (file, expected) => {
    expect(acceptPhoto(file)).toEqual(expected)
  })
  it.each([
    [
      'a type that is not taken',
      { name: 'a.gif', type: 'image/gif', size: 1 },
      'unsupported-type',
      'image/gif',
    ],
    ['a type under a wrong name', { name: 'a.png', type: 'text/html', size: 1 }, 'unsupported-type', 'a.png'],
    ['no type at all', { size: 1 }, 'unsupported-type', 'unknown type'],
    ['an empty file', { name: 'a.png', type: 'image/png', size: 0 }, 'empty-file', '“a.png” is empty'],
    ['one byte too much', { name: 'a.png', size: MAX_UPLOAD_BYTES + 1 }, 'file-too-large', 'up to 20 MB'],
  ])('refuses %s', (_, file, code, words) => {
    expect(() => acceptPhoto(file)).toThrow(
      expect.objectContaining({ name: 'FiresightError', code, message: expect.stringContaining(words) }),
    )
  })
  it('goes with what a file dialog offers', () => {
    expect(ACCEPT).toBe('image/png,image/jpeg,image/webp,image/heic,image/heif,.heic,.heif')
  })
})

describe('photoTypeOfBytes()', () => {
  const blank = sharp({ create: { width: 8, height: 8, channels: 3, background: 'teal' } })
  it.each(['png', 'jpeg', 'webp'] as const)('knows a %s', async (format) => {
    expect(photoTypeOfBytes(await blank.clone().toFormat(format).toBuffer())).toBe(`image/${format}`)
  })
  it('knows a HEIC, and not what only looks like one', async () => {
    const heic = readFileSync(join(import.meta.dirname, '../../fixtures/four-shapes.heic'))
    expect(photoTypeOfBytes(heic)).toBe('image/heic')
    expect(photoTypeOfBytes(await blank.clone().avif().toBuffer())).toBeUndefined()
  })
  it.each([
    ['nothing', ''],
    ['a GIF', 'GIF89a............'],
    ['a WAV file', 'RIFF....WAVEfmt '],
  ])('does not take %s for a photo', (_, text) => {
    expect(photoTypeOfBytes(new TextEncoder().encode(text))).toBeUndefined()
  })
})

describe('upload()', () => {
  it.each([
    ['a signed-out user', new Uint8Array(Buffer.from('ffd8ffe0', 'hex')), 'unauthenticated'],
    ['bytes that are no photo', new Uint8Array([1]), 'unsupported-type'],
    ['an empty photo', new File([], 'a.jpg', { type: 'image/jpeg' }), 'empty-file'],
  ])('refuses %s', async (_, file, code) => {
    const firesight = createFiresight({ app, auth: signedOut })
    await expect(firesight.upload(file)).rejects.toMatchObject({ name: 'FiresightError', code })
  })
})

describe('the URLs of pictures', () => {
  const firesight = createFiresight({ app, auth: signedOut })
  const box = { x: 10, y: 20, width: 40, height: 30 }
  it('of outlines show what the functions would draw of them', async () => {
    const polygon = [10, 20, 50, 20, 30, 50]
    const url = await firesight.maskUrl({ mask: { polygon }, box })
    const svg = decodeURIComponent(url!.slice('data:image/svg+xml,'.length))
    const drawn = await sharp(Buffer.from(svg)).removeAlpha().extractChannel(0).raw().toBuffer()
    const rings = [Array.from({ length: 3 }, (_, i) => [polygon[2 * i]!, polygon[2 * i + 1]!] as const)]
    const mask = await drawMask(runsFromPolygon(rings, box))
    const stored = await sharp(mask).extractChannel(0).raw().toBuffer()
    expect([drawn.length, stored.length]).toEqual([40 * 30, 40 * 30])
    // Renderers differ at the very edge.
    const differing = drawn.filter((value, index) => Math.abs(value - stored[index]!) > 128)
    expect(differing.length).toBeLessThan(20)
    expect(Math.max(...stored) - Math.min(...stored)).toBe(255)
  })
  it('are data URLs for those that came inline', async () => {
    const mask = { form: 'png' as const, areaPixels: 1, png: 'AAAA' }
    expect(await firesight.maskUrl({ mask, box })).toBe('data:image/png;base64,AAAA')
    expect(await firesight.overlayUrl({ overlay: { png: 'AAAA' } })).toBe('data:image/png;base64,AAAA')
  })
  it('are null where there is no picture', async () => {
    expect(await firesight.maskUrl({ mask: null, box })).toBeNull()
    expect(await firesight.overlayUrl({})).toBeNull()
    expect(await firesight.previewUrl({})).toBeNull()
    expect(await firesight.photoUrl({ status: 'deleted' } as never)).toBeNull()
    // Until the copy is there, a HEIC has nothing that browsers show.
    const heic = { status: 'processing', contentType: 'image/heic', name: 'a.heic' } as never
    expect(await firesight.photoUrl(heic)).toBeNull()
  })
})

describe('follow()', () => {
  it('ends what it ended up following, also when it was stopped before that began', async () => {
    const unsubscribe = vi.fn<() => void>()
    const stop = follow(async () => unsubscribe)
    stop()
    await vi.waitFor(() => expect(unsubscribe).toHaveBeenCalledOnce())
  })
  it('tells errors as FiresightErrors, and none once it was stopped', async () => {
    const errors: FiresightError[] = []
    let fail: (error: unknown) => void = () => {}
    const stop = follow(
      async (onError) => {
        fail = onError
        onError(Object.assign(new Error('Missing permissions'), { code: 'permission-denied' }))
        return () => {}
      },
      (error) => errors.push(error),
    )
    expect(errors).toMatchObject([{ name: 'FiresightError', code: 'permission-denied', retryable: false }])
    stop()
    fail(new Error('late'))
    expect(errors).toHaveLength(1)
  })
})

describe('toFiresightError()', () => {
  it.each([
    ['storage/unauthorized', 'permission-denied', false],
    ['storage/canceled', 'cancelled', false],
    ['storage/retry-limit-exceeded', 'network', true],
    ['storage/quota-exceeded', 'storage-full', true],
    ['storage/object-not-found', 'not-found', false],
    ['storage/unauthorized-app', 'app-check-failed', false],
    ['auth/network-request-failed', 'network', true],
    ['permission-denied', 'permission-denied', false],
    ['unavailable', 'unavailable', true],
    ['functions/unauthenticated', 'unauthenticated', false],
    ['functions/resource-exhausted', 'unavailable', true],
    ['functions/invalid-argument', 'invalid-request', false],
    ['functions/deadline-exceeded', 'deadline-exceeded', true],
    ['storage/no-default-bucket', 'misconfigured', false],
    ['storage/invalid-default-bucket', 'misconfigured', false],
    ['app/app-deleted', 'misconfigured', false],
    ['auth/invalid-api-key', 'misconfigured', false],
    ['storage/invalid-url', 'invalid-request', false],
    ['something/else', 'internal', true],
  ])('takes %s for "%s"', (code, expected, retryable) => {
    const cause = new FirebaseError(code, 'Words of the SDK')
    expect(toFiresightError(cause)).toMatchObject({ code: expected, retryable, cause })
  })
  it('takes a body that the platform refused for its size for "request-too-large"', () => {
    const cause = new FirebaseError('functions/unknown', 'unknown [413]')
    expect(toFiresightError(cause)).toMatchObject({ code: 'request-too-large', retryable: false })
  })
  it('leaves its own as they are', () => {
    const own = new FiresightError({ code: 'network', message: '', retryable: true })
    expect(toFiresightError(own)).toBe(own)
  })
})
