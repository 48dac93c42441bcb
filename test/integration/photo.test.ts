import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Annotation } from '../../functions/src/document/annotation.ts'
import { documentCount, isStored, resultNames, uploadAsAdmin } from '../support/admin.ts'
import { annotatePhoto } from '../support/annotate-photo.ts'
import { PATIENCE_MS, signIn, type User } from '../support/app.ts'
import { expectScene } from '../support/expect-scene.ts'
import { gemini } from '../support/gemini-control.ts'
import { OWN_SHAPES } from '../support/own-shapes.ts'
import { drawScene, FOUR_SHAPES, type Truth, withOrientation } from '../support/scene.ts'

let user: User
let png: Buffer
let truths: Truth[]

beforeAll(async () => {
  ;({ png, truths } = await drawScene(OWN_SHAPES))
  user = await signIn()
})
afterAll(async () => user.close())
beforeEach(async () => gemini.reset())

const { width, height } = OWN_SHAPES

const expectShapes = async (annotation: Annotation) =>
  expectScene(annotation, OWN_SHAPES, truths, (path) => user.download(path))

describe('onImageUploaded()', () => {
  it('describes a photo, and finds boxes and masks, in one run; a deleted photo leaves no files', async () => {
    const { path, annotation, seen } = await annotatePhoto(user, 'shapes.png', png, 'image/png')
    await expectShapes(annotation)
    expect(seen).toEqual(['processing', 'succeeded'])
    expect(annotation).toMatchObject({
      owner: user.uid,
      name: path,
      model: { provider: 'gemini-api', requested: 'gemini-3.8-flash', version: 'gemini-3.8-flash' },
      usage: { calls: 2 },
      attempts: 1,
      lease: null,
    })
    expect(annotation.caption).toMatch(/red circle/i)
    expect(annotation.altText).toBeTruthy()
    expect(annotation.labels?.length).toBeGreaterThan(0)

    // Unit tests check the prompt; this test checks that the model received the upright copy.
    const first = await gemini.requests()
    expect(first.map(({ method }) => method)).toEqual(['generateContent', 'generateContent'])
    expect(first[0]?.images).toMatchObject([{ mimeType: 'image/jpeg', width, height }])

    // The results are in the same bucket: their events were delivered before the event of the next photo.
    await annotatePhoto(user, 'next.png', png, 'image/png')
    expect(await gemini.requests()).toHaveLength(4)
    expect(await documentCount(user.uid)).toBe(2)

    expect(annotation.thumbnail).toMatchObject({ width: 320 })
    expect((await user.download(annotation.thumbnail!.path)).byteLength).toBeLessThanOrEqual(20_000)
    // The overlay, the thumbnail, the model's answer, and a mask for each object.
    expect(await resultNames(user.uid, path)).toHaveLength(3 + truths.length)
    await user.remove(path)
    const { annotation: tombstone } = await user.annotated(path, 'deleted')
    expect(tombstone).not.toHaveProperty('caption')
    // The tombstone is written first, so that no worker stores anything later; then the files are deleted.
    // This lists the files instead of reading them: the Storage emulator crashes if a file is deleted while
    // it is sent.
    await vi.waitFor(async () => expect(await resultNames(user.uid, path)).toEqual([]), PATIENCE_MS)
    await expect(user.download(annotation.overlay!.path)).rejects.toThrow(/object-not-found/)
  })

  it('applies EXIF orientation 6', async () => {
    const { annotation } = await annotatePhoto(user, 'turned.jpg', await withOrientation(png, 6))
    expect(annotation.image?.orientation).toBe(6)
    await expectShapes(annotation)
  })

  it('annotates a WebP', async () => {
    const { annotation } = await annotatePhoto(
      user,
      'shapes.webp',
      await sharp(png).webp({ quality: 90 }).toBuffer(),
      'image/webp',
    )
    expect(annotation.image?.format).toBe('webp')
    await expectShapes(annotation)
  })

  it('annotates a HEIC without decoding it', async () => {
    const heic = readFileSync(new URL('../fixtures/four-shapes.heic', import.meta.url))
    const { annotation } = await annotatePhoto(user, 'shapes.heic', heic, 'image/heic')
    const size = { width: FOUR_SHAPES.width, height: FOUR_SHAPES.height }
    expect(annotation).toMatchObject({ image: { ...size, format: 'heic', decoded: false } })
    expect(annotation).not.toHaveProperty('preview')
    const shown = (await drawScene(FOUR_SHAPES)).truths
    await expectScene(annotation, FOUR_SHAPES, shown, (path) => user.download(path))
  })

  it('detects the format from the bytes, not from name or type', async () => {
    const { annotation } = await annotatePhoto(user, 'named.jpg', png, 'image/jpeg')
    expect(annotation).toMatchObject({
      status: 'succeeded',
      contentType: 'image/jpeg',
      image: { format: 'png' },
    })
  })

  it.each([
    ['a text file', Buffer.from('no picture'), 'unsupported-type'],
    ['a truncated JPEG', undefined, 'corrupt-image'],
  ])('rejects %s without a model request', async (_, bytes, code) => {
    const upload = bytes ?? (await withOrientation(png, 1)).subarray(0, 9000)
    const { annotation } = await annotatePhoto(user, `${randomUUID()}.jpg`, upload)
    expect(annotation).toMatchObject({ status: 'rejected', error: { code, retryable: false } })
    expect(await gemini.requests()).toEqual([])
  })

  it.each([
    ['an empty file', () => Buffer.alloc(0), 'empty-file'],
    [
      'a file of more than 20 MB',
      () => Buffer.concat([png, Buffer.alloc(20 * 1024 * 1024)]),
      'file-too-large',
    ],
  ])('rejects %s that the storage rules did not check', async (_, bytes, code) => {
    const path = await uploadAsAdmin(user.pathOf(`${randomUUID()}.jpg`), bytes())
    expect((await user.annotated(path)).annotation).toMatchObject({ status: 'rejected', error: { code } })
    expect(await gemini.requests()).toEqual([])
  })

  it('annotates an overwritten photo again, and deletes the old results', async () => {
    const { path, annotation: old } = await annotatePhoto(user, 'again.png', png, 'image/png')
    const blank = await sharp({ create: { width: 300, height: 200, channels: 3, background: 'white' } })
      .png()
      .toBuffer()
    await uploadAsAdmin(user.pathOf('again.png'), blank)
    const annotation = await vi.waitFor(async () => {
      const { annotation: now } = await user.annotated(path)
      expect(now.generation).not.toBe(old.generation)
      return now
    }, PATIENCE_MS)
    expect(annotation).toMatchObject({ status: 'succeeded', image: { width: 300, height: 200 }, objects: [] })
    await expect.poll(async () => isStored(old.overlay!.path)).toBe(false)
  })

  it('stores nothing of a photo that is deleted during the model request', async () => {
    await gemini.script({ match: { method: 'generateContent' }, reply: { text: '[]', delayMs: 3000 } })
    const path = await user.upload('short-lived.png', png, 'image/png')
    await vi.waitFor(async () => expect(await gemini.requests()).not.toEqual([]), PATIENCE_MS)
    await user.remove(path)
    const { annotation } = await user.annotated(path, 'deleted')
    await gemini.reset()
    // When a later photo is done, the worker of this photo has ended.
    await annotatePhoto(user, 'later.png', png, 'image/png')
    expect((await user.annotated(path)).annotation).toEqual(annotation)
  })
})
