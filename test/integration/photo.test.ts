import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Annotation } from '../../functions/src/document/annotation.ts'
import { documentCount, resultNames, uploadAsAdmin } from '../support/admin.ts'
import { annotatePhoto } from '../support/annotate-photo.ts'
import { signIn, type User } from '../support/app.ts'
import { expectScene } from '../support/expect-scene.ts'
import { gemini } from '../support/gemini-control.ts'
import { drawScene, FOUR_SHAPES, type Truth, withOrientation } from '../support/scene.ts'

let user: User
let png: Buffer
let truths: Truth[]

beforeAll(async () => {
  ;({ png, truths } = await drawScene(FOUR_SHAPES))
  user = await signIn()
})
afterAll(async () => user.close())
beforeEach(async () => gemini.reset())

const { width, height } = FOUR_SHAPES

const expectShapes = async (annotation: Annotation) =>
  expectScene(annotation, FOUR_SHAPES, truths, (path) => user.download(path))

describe('an uploaded photo', () => {
  it('is described, boxed and masked in one run, and leaves nothing when it is deleted', async () => {
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

    // The text after the image is checked in unit tests; here, that the model saw the upright copy.
    const first = await gemini.requests()
    expect(first.map(({ method }) => method)).toEqual(['generateContent', 'generateContent'])
    expect(first[0]?.images).toMatchObject([{ mimeType: 'image/jpeg', width, height }])

    // Results were written to the same bucket, so their events have come too, before those of a photo that is uploaded now.
    await annotatePhoto(user, 'next.png', png, 'image/png')
    expect(await gemini.requests()).toHaveLength(4)
    expect(await documentCount(user.uid)).toBe(2)

    // The overlay, the model's answer, and a mask for each object.
    expect(await resultNames(user.uid, path)).toHaveLength(2 + truths.length)
    await user.remove(path)
    const { annotation: tombstone } = await user.annotated(path, 'deleted')
    expect(tombstone).not.toHaveProperty('caption')
    // The tombstone comes first, so that no worker can store anything any more; then the files go. They are listed rather than
    // asked for: the Storage emulator ends when a file is deleted while it is sent.
    await vi.waitFor(async () => expect(await resultNames(user.uid, path)).toEqual([]), 10_000)
    await expect(user.download(annotation.overlay!.path)).rejects.toThrow(/object-not-found/)
  })

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('is upright with EXIF orientation %i', async (orientation) => {
    const { annotation } = await annotatePhoto(
      user,
      `turned-${orientation}.jpg`,
      await withOrientation(png, orientation),
    )
    expect(annotation.image?.orientation).toBe(orientation)
    await expectShapes(annotation)
  })

  it('may be a WebP', async () => {
    const { annotation } = await annotatePhoto(
      user,
      'shapes.webp',
      await sharp(png).webp({ quality: 90 }).toBuffer(),
      'image/webp',
    )
    expect(annotation.image?.format).toBe('webp')
    await expectShapes(annotation)
  })

  it('may be a HEIC, and then has a preview for browsers', async () => {
    const heic = readFileSync(new URL('../fixtures/four-shapes.heic', import.meta.url))
    const { annotation } = await annotatePhoto(user, 'shapes.heic', heic, 'image/heic')
    expect(annotation).toMatchObject({ image: { format: 'heic' }, preview: { width, height } })
    expect((await sharp(await user.download(annotation.preview!.path)).metadata()).format).toBe('jpeg')
    await expectShapes(annotation)
  })

  it('is read by its bytes, whatever its name and type say', async () => {
    const { annotation } = await annotatePhoto(user, 'named.jpg', png, 'image/jpeg')
    expect(annotation).toMatchObject({
      status: 'succeeded',
      contentType: 'image/jpeg',
      image: { format: 'png' },
    })
  })

  it.each([
    ['text', Buffer.from('no picture'), 'unsupported-type'],
    ['a truncated JPEG', undefined, 'corrupt-image'],
  ])('is rejected when it is %s, without asking the model', async (_, bytes, code) => {
    const upload = bytes ?? (await withOrientation(png, 1)).subarray(0, 9000)
    const { annotation } = await annotatePhoto(user, `${randomUUID()}.jpg`, upload)
    expect(annotation).toMatchObject({ status: 'rejected', error: { code, retryable: false } })
    expect(await gemini.requests()).toEqual([])
  })

  it.each([
    ['of no bytes', () => Buffer.alloc(0), 'empty-file'],
    ['of more than 20 MB', () => Buffer.concat([png, Buffer.alloc(20 * 1024 * 1024)]), 'file-too-large'],
  ])('%s is rejected, whoever uploaded it', async (_, bytes, code) => {
    const path = await uploadAsAdmin(user.pathOf(`${randomUUID()}.jpg`), bytes())
    expect((await user.annotated(path)).annotation).toMatchObject({ status: 'rejected', error: { code } })
    expect(await gemini.requests()).toEqual([])
  })

  it('of more than 50 megapixels is rejected', async () => {
    const large = await sharp({ create: { width: 7100, height: 7100, channels: 3, background: 'teal' } })
      .png()
      .toBuffer()
    const { annotation } = await annotatePhoto(user, 'large.png', large, 'image/png')
    expect(annotation).toMatchObject({ status: 'rejected', error: { code: 'too-many-pixels' } })
    expect(await gemini.requests()).toEqual([])
  })

  it('that is overwritten is annotated anew, and leaves nothing of the old one', async () => {
    const { path, annotation: old } = await annotatePhoto(user, 'again.png', png, 'image/png')
    const blank = await sharp({ create: { width: 300, height: 200, channels: 3, background: 'white' } })
      .png()
      .toBuffer()
    await uploadAsAdmin(user.pathOf('again.png'), blank)
    const annotation = await vi.waitFor(async () => {
      const { annotation: now } = await user.annotated(path)
      expect(now.generation).not.toBe(old.generation)
      return now
    }, 20_000)
    expect(annotation).toMatchObject({ status: 'succeeded', image: { width: 300, height: 200 }, objects: [] })
    await expect(user.download(old.overlay!.path)).rejects.toThrow(/object-not-found/)
  })

  it('that is deleted while the model looks at it leaves nothing', async () => {
    await gemini.script({ match: { method: 'generateContent' }, reply: { text: '[]', delayMs: 1500 } })
    const path = await user.upload('short-lived.png', png, 'image/png')
    await vi.waitFor(async () => expect(await gemini.requests()).not.toEqual([]), 20_000)
    await user.remove(path)
    const { annotation } = await user.annotated(path, 'deleted')
    await gemini.reset()
    // Once a later photo is through, the worker of this one has ended.
    await annotatePhoto(user, 'later.png', png, 'image/png')
    expect((await user.annotated(path)).annotation).toEqual(annotation)
  })
})
