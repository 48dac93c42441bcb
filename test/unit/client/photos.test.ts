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
import { eventually } from '../../support/eventually.ts'

const signedOut = { authStateReady: async () => {}, currentUser: null }
const app = initializeApp({ projectId: 'demo-firesight', apiKey: 'fake', storageBucket: 'b' }, 'photos')

describe('the limits of the client', () => {
  it('are the same as in the functions', () => {
    expect(MAX_INLINE_BYTES).toBe(server.MAX_INLINE_BYTES)
    expect(PHOTO_TYPES).toEqual(server.IMAGE_TYPES)
  })

  it('allow calls more time than the timeouts of the functions', () => {
    expect(CALL_TIMEOUT_MS).toBeGreaterThan(Number(EXPENSIVE_CALL_OPTIONS.timeoutSeconds) * 1000)
    expect(ANNOTATE_TIMEOUT_MS).toBeGreaterThan(Number(ANNOTATE_CALL_OPTIONS.timeoutSeconds) * 1000)
  })

  it('are the same as in storage.rules', () => {
    const rules = readFileSync(join(import.meta.dirname, '../../../storage.rules'), 'utf8')
    expect(rules).toContain(`request.resource.size <= ${MAX_UPLOAD_BYTES / 1024 / 1024} * 1024 * 1024`)
    for (const type of PHOTO_TYPES) expect(rules).toContain(`'${type}'`)
  })

  it.each([
    ['b', 'users/u/uploads/a.png'],
    ['b.appspot.com', 'users/ü/uploads/ä b.png'],
  ])('imageIdOf() returns the same document id as the functions for %s %s', async (bucket, path) => {
    expect(await imageIdOf(bucket, path)).toBe(serverImageIdOf(bucket, path))
  })
})

describe('idOfPhoto()', () => {
  it('uses the bucket of an annotation', async () => {
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
  ])('accepts %o', (file, expected) => {
    expect(acceptPhoto(file)).toEqual(expected)
  })
  it.each([
    ['an unsupported type', { name: 'a.gif', type: 'image/gif', size: 1 }, 'unsupported-type', 'image/gif'],
    [
      'an unsupported type with the extension of a photo',
      { name: 'a.png', type: 'text/html', size: 1 },
      'unsupported-type',
      'a.png',
    ],
    ['no type at all', { size: 1 }, 'unsupported-type', 'unknown type'],
    ['an empty file', { name: 'a.png', type: 'image/png', size: 0 }, 'empty-file', '“a.png” is empty'],
    ['one byte too much', { name: 'a.png', size: MAX_UPLOAD_BYTES + 1 }, 'file-too-large', 'limit is 20 MB'],
  ])('rejects %s', (_, file, code, message) => {
    expect(() => acceptPhoto(file)).toThrow(
      expect.objectContaining({ name: 'FiresightError', code, message: expect.stringContaining(message) }),
    )
  })
  it('accepts the same files as ACCEPT, which includes extensions', () => {
    expect(ACCEPT).toBe('image/png,image/jpeg,image/webp,image/heic,image/heif,.heic,.heif')
  })
})

describe('photoTypeOfBytes()', () => {
  const blank = sharp({ create: { width: 8, height: 8, channels: 3, background: 'teal' } })
  it.each(['png', 'jpeg', 'webp'] as const)('recognizes a %s', async (format) => {
    expect(photoTypeOfBytes(await blank.clone().toFormat(format).toBuffer())).toBe(`image/${format}`)
  })
  it('recognizes a HEIC, and does not take an AVIF for one', async () => {
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
    ['bytes that are not a photo', new Uint8Array([1]), 'unsupported-type'],
    ['an empty photo', new File([], 'a.jpg', { type: 'image/jpeg' }), 'empty-file'],
  ])('rejects %s', async (_, file, code) => {
    const firesight = createFiresight({ app, auth: signedOut })
    await expect(firesight.upload(file)).rejects.toMatchObject({ name: 'FiresightError', code })
  })
})

describe('the URLs of images', () => {
  const firesight = createFiresight({ app, auth: signedOut })
  const box = { x: 10, y: 20, width: 40, height: 30 }
  it('show a polygon like the mask that the functions would draw', async () => {
    const polygon = [10, 20, 50, 20, 30, 50]
    const url = await firesight.maskUrl({ mask: { polygon }, box })
    const svg = decodeURIComponent(url!.slice('data:image/svg+xml,'.length))
    const drawn = await sharp(Buffer.from(svg)).removeAlpha().extractChannel(0).raw().toBuffer()
    const rings = [Array.from({ length: 3 }, (_, i) => [polygon[2 * i]!, polygon[2 * i + 1]!] as const)]
    const mask = await drawMask(runsFromPolygon(rings, box))
    const stored = await sharp(mask).extractChannel(0).raw().toBuffer()
    expect([drawn.length, stored.length]).toEqual([40 * 30, 40 * 30])
    // Renderers differ in single pixels at the edge.
    const differing = drawn.filter((value, index) => Math.abs(value - stored[index]!) > 128)
    expect(differing.length).toBeLessThan(20)
    expect(Math.max(...stored) - Math.min(...stored)).toBe(255)
  })
  it('are data URLs for inline images', async () => {
    const mask = { form: 'png' as const, areaPixels: 1, png: 'AAAA' }
    expect(await firesight.maskUrl({ mask, box })).toBe('data:image/png;base64,AAAA')
    expect(await firesight.overlayUrl({ overlay: { png: 'AAAA' } })).toBe('data:image/png;base64,AAAA')
  })
  it('are null if there is no image', async () => {
    expect(await firesight.maskUrl({ mask: null, box })).toBeNull()
    expect(await firesight.overlayUrl({})).toBeNull()
    expect(await firesight.previewUrl({})).toBeNull()
    expect(await firesight.thumbnailUrl({})).toBeNull()
    expect(await firesight.photoUrl({ status: 'deleted' } as never)).toBeNull()
    // Without a JPEG copy. Only Safari can show a HEIC.
    const heic = { status: 'processing', contentType: 'image/heic', name: 'a.heic' } as never
    expect(await firesight.photoUrl(heic)).toBeNull()
  })
})

describe('follow()', () => {
  it('unsubscribes also if it is stopped before the subscription exists', async () => {
    const unsubscribe = vi.fn<() => void>()
    const stop = follow(async () => unsubscribe)
    stop()
    await eventually(() => expect(unsubscribe).toHaveBeenCalledOnce())
  })
  it('reports errors as FiresightErrors, and none after it is stopped', async () => {
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
  ])('converts %s to "%s"', (code, expected, retryable) => {
    const cause = new FirebaseError(code, 'Message of the SDK')
    expect(toFiresightError(cause)).toMatchObject({ code: expected, retryable, cause })
  })
  it('converts a 413 of the platform to "request-too-large"', () => {
    const cause = new FirebaseError('functions/unknown', 'unknown [413]')
    expect(toFiresightError(cause)).toMatchObject({ code: 'request-too-large', retryable: false })
  })
  it('returns FiresightErrors unchanged', () => {
    const own = new FiresightError({ code: 'network', message: '', retryable: true })
    expect(toFiresightError(own)).toBe(own)
  })
})
