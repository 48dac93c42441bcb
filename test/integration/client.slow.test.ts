import {
  type Annotation,
  type AnnotationDocument,
  createFiresight,
  type FiresightError,
  type UploadProgress,
} from '@firesight/client'
import { deleteApp, initializeApp } from 'firebase/app'
import { getAuth } from 'firebase/auth'
import { getFirestore, terminate } from 'firebase/firestore'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { annotate } from '../../docs/examples/upload.ts'
import { imageIdOf } from '../../functions/src/document/storage-paths.ts'
import { BUCKET, PROJECT } from '../support/app.ts'
import { clientEmulators, signInFiresight } from '../support/firesight-client.ts'
import { gemini } from '../support/gemini-control.ts'
import { OWN_SHAPES } from '../support/own-shapes.ts'
import { drawScene } from '../support/scene.ts'

type User = Awaited<ReturnType<typeof signInFiresight>>
let user: User
let other: User
let png: Buffer
let photo: Blob
let annotation: Annotation
beforeAll(async () => {
  ;({ png } = await drawScene(OWN_SHAPES))
  photo = new Blob([new Uint8Array(png)], { type: 'image/png' })
  ;[user, other] = await Promise.all([signInFiresight(), signInFiresight()])
  annotation = await annotate(user.firesight, photo, () => {})
})
afterAll(async () => Promise.all([user.close(), other.close()]))
beforeEach(async () => gemini.reset())

const { width, height } = OWN_SHAPES

const errorOf = async (call: PromiseLike<unknown>) =>
  Promise.resolve(call).then(
    () => expect.unreachable('it succeeded'),
    (error: FiresightError) => error,
  )

describe('the client library: photos', () => {
  it('upload() stores the photo in the folder of its user; the annotation has Dates', () => {
    expect(annotation).toMatchObject({ status: 'succeeded', owner: user.uid, bucket: BUCKET })
    expect(annotation.name).toMatch(new RegExp(`^users/${user.uid}/uploads/[0-9a-f-]{36}\\.png$`))
    expect(annotation.createdAt).toBeInstanceOf(Date)
    expect(annotation.completedAt?.getTime()).toBeGreaterThan(annotation.createdAt.getTime())
  })

  it('upload() uses the user of the app when createFiresight() receives only the app', async () => {
    const alone = await signInFiresight({ givesAuth: false })
    const upload = await alone.firesight.upload(photo)
    await upload.done
    expect(upload.path).toContain(`users/${alone.uid}/uploads/`)
    await alone.close()
  })

  it('upload() reports progress, and returns the image id before the upload ends', async () => {
    const seen: UploadProgress[] = []
    const bytes = new Uint8Array(
      await sharp({
        create: {
          width: 900,
          height: 900,
          channels: 3,
          background: 'red',
          noise: { type: 'gaussian', mean: 128, sigma: 60 },
        },
      })
        .png()
        .toBuffer(),
    )
    const upload = await user.firesight.upload(bytes, { onProgress: (progress) => seen.push(progress) })
    expect(upload.imageId).toBe(imageIdOf(BUCKET, upload.path))
    await upload.done
    const fractions = seen.map(({ fraction }) => fraction)
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b))
    expect(seen.at(-1)).toEqual({ fraction: 1, bytes: bytes.length, totalBytes: bytes.length })
    await user.firesight.remove(upload.path)
    await user.firesight.remove(upload.path) // A photo that does not exist is no error.
  })

  it('upload() can be cancelled', async () => {
    const stop = new AbortController()
    const upload = await user.firesight.upload(photo, { signal: stop.signal })
    stop.abort()
    expect(await errorOf(upload.done)).toMatchObject({
      code: 'cancelled',
      message: 'The upload was cancelled.',
    })
  })

  it('photoUrl(), overlayUrl() and maskUrl() return URLs of images of the right size', async () => {
    const { firesight } = user
    const urls = await Promise.all([
      firesight.photoUrl(annotation),
      firesight.overlayUrl(annotation),
      firesight.maskUrl(annotation.objects![0]!),
      firesight.thumbnailUrl(annotation),
    ])
    const sizes = urls.map(async (url) => {
      const { width: w, height: h } = await sharp(await (await fetch(url!)).arrayBuffer()).metadata()
      return [w, h]
    })
    const { box } = annotation.objects![0]!
    expect(await Promise.all(sizes)).toEqual([
      [width, height],
      [width, height],
      [box.width, box.height],
      [annotation.thumbnail!.width, annotation.thumbnail!.height],
    ])
    expect(await firesight.previewUrl(annotation)).toBeNull()
  })

  it('thumbnailUrl() returns null for a file that older functions have deleted', async () => {
    const path = annotation.thumbnail!.path.replace('thumbnail', 'deleted')
    expect(await user.firesight.thumbnailUrl({ thumbnail: { path } })).toBeNull()
  })

  it('watch() accepts path, gs:// URL and id; watchNewest() lists the photo', async () => {
    const id = imageIdOf(BUCKET, annotation.name)
    for (const ref of [
      annotation,
      annotation.name,
      `gs://${BUCKET}/${annotation.name}`,
      id,
      { imageId: id },
    ]) {
      const found = await new Promise<AnnotationDocument | null>((resolve, reject) => {
        const stop = user.firesight.watch(ref, (watched) => (stop(), resolve(watched)), reject)
      })
      expect(found).toEqual(annotation)
    }
    const newest = await new Promise<string[]>((resolve, reject) => {
      user.firesight.watchNewest((photos) => resolve(photos.map(({ imageId }) => imageId)), {
        onError: reject,
      })
    })
    expect(newest).toContain(id)
  })

  it('watch() fails with unauthenticated for a signed-out user', async () => {
    const app = initializeApp({ projectId: PROJECT, apiKey: 'fake', storageBucket: BUCKET }, 'signed-out')
    const firesight = createFiresight({ app, auth: getAuth(app), emulators: clientEmulators() })
    const watched = new Promise((_, reject) => firesight.watch(annotation, () => {}, reject))
    expect(await errorOf(watched)).toMatchObject({ code: 'unauthenticated', retryable: false })
    await terminate(getFirestore(app))
    await deleteApp(app)
  })

  it('refuses all access of another user', async () => {
    const watched = new Promise((_, reject) => other.firesight.watch(annotation.name, () => {}, reject))
    expect(await errorOf(watched)).toMatchObject({ code: 'permission-denied', retryable: false })
    expect(await errorOf(other.firesight.photoUrl(annotation))).toMatchObject({ code: 'permission-denied' })
    const call = other.firesight.describeImage({ image: annotation.name })
    expect(await errorOf(call)).toMatchObject({ code: 'path-not-allowed', requestId: expect.any(String) })
  })
})

describe('the client library: calls', () => {
  const account = { model: { provider: 'gemini-api' }, usage: { totalTokens: expect.any(Number) } }

  it('answerQuestion() streams the text, and returns the whole answer', async () => {
    const words = 'There are four shapes, and the largest of them is the blue rectangle at the top.'
    await gemini.script({
      match: { method: 'streamGenerateContent' },
      reply: { text: words, chunkDelayMs: 500 },
    })
    const answer = user.firesight.answerQuestion({ images: annotation.name, question: 'What is there?' })
    let isWhole = false
    const whole = answer.finally(() => (isWhole = true))
    const pieces: [string, boolean][] = []
    for await (const piece of answer) pieces.push([piece, isWhole])
    expect(pieces.length).toBeGreaterThan(1)
    expect(pieces.map(([text]) => text).join('')).toBe(words)
    // The first piece arrived before the model had finished.
    expect(pieces[0]![1]).toBe(false)
    expect(await whole).toMatchObject({ answer: words, truncated: false, ...account })
  })

  it('compareImages() accepts an upload and bytes', async () => {
    const result = await user.firesight.compareImages({ images: [{ path: annotation.name }, photo] })
    expect(result).toMatchObject({
      images: [
        { width, height },
        { width, height },
      ],
      ...account,
    })
    expect(result.summary).toBeTruthy()
  })

  it('detectObjects() returns boxes, masks and overlay inline', async () => {
    const found = await user.firesight.detectObjects({ image: photo, masks: true, overlay: true })
    expect(found).toMatchObject({ image: { width, height }, ...account })
    expect(found.objects.length).toBeGreaterThan(0)
    const url = await user.firesight.overlayUrl(found)
    const overlay = await sharp(Buffer.from(url!.split(',')[1]!, 'base64')).metadata()
    expect([overlay.width, overlay.height]).toEqual([width, height])
  })

  it('detection() reads the stored result of detectObjects()', async () => {
    const { firesight } = user
    const request = { image: annotation, masks: true, overlay: true, output: 'stored' } as const
    const found = await firesight.detectObjects(request)
    const { image, objects, dropped, overlay } = found
    expect(objects.length).toBeGreaterThan(0)
    expect(await firesight.detection(found.stored!.path)).toEqual({ image, objects, dropped, overlay })
    expect(await errorOf(other.firesight.detection(found.stored!.path))).toMatchObject({
      code: 'permission-denied',
    })
  })

  it('describeImage() returns a caption', async () => {
    const description = await user.firesight.describeImage({ image: photo, language: 'en' })
    expect(description).toMatchObject({ caption: expect.stringMatching(/\w/), ...account })
  })

  it('annotateImage() does not run again for a succeeded photo', async () => {
    const result = await user.firesight.annotateImage({ path: annotation.name })
    expect(result).toMatchObject({
      status: 'succeeded',
      ran: false,
      imageId: imageIdOf(BUCKET, annotation.name),
    })
  })

  it('an invalid request fails with the path of the invalid field', async () => {
    const error = await errorOf(user.firesight.describeImage({ image: photo, language: 'no language' }))
    expect(error).toMatchObject({ code: 'invalid-request', retryable: false, issues: [{ path: 'language' }] })
  })
})
