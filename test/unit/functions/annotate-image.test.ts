import sharp from 'sharp'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { annotateImage, removeAnnotation } from '../../../functions/src/annotate-image.ts'
import type { Photo } from '../../../functions/src/annotations/annotation.ts'
import { type ErrorCode, VisionError } from '../../../functions/src/errors.ts'
import { readConfig } from '../../../functions/src/params.ts'
import type { Services } from '../../../functions/src/services.ts'
import { memoryAnnotations, memoryPhotos } from '../../../functions/src/stores/memory.ts'
import { imageIdOf, resultPaths } from '../../../functions/src/upload-path.ts'
import { LEASE_SECONDS, MAX_ATTEMPTS } from '../../../functions/src/work.ts'
import { OBJECTS, scriptedModel } from '../../support/vision.ts'

const CONFIG = readConfig({})
const NAME = 'users/alice/uploads/ball.png'
const START = new Date('2026-11-22T12:00:00Z')

let png: Buffer
beforeAll(async () => {
  png = await sharp({ create: { width: 80, height: 60, channels: 3, background: 'red' } })
    .png()
    .toBuffer()
})

let annotations: ReturnType<typeof memoryAnnotations>
let photos: ReturnType<typeof memoryPhotos>
let now: Date
beforeEach(() => {
  annotations = memoryAnnotations()
  photos = memoryPhotos()
  now = START
})

let tokens = 0
const services = (model: Services['model']): Services => ({
  annotations,
  photos,
  model,
  now: () => now,
  newToken: () => `token-${++tokens}`,
})

function upload(bytes: Buffer, generation = '1700000000000001'): Photo {
  photos.files.set(NAME, { bytes, contentType: 'image/png', generation })
  return {
    imageId: imageIdOf('bucket', NAME),
    owner: 'alice',
    bucket: 'bucket',
    name: NAME,
    generation,
    contentType: 'image/png',
    sizeBytes: bytes.length,
  }
}
const annotationOf = (photo: Photo) => annotations.documents.get(photo.imageId)
const results = () => [...photos.files.keys()].filter((name) => name !== NAME)
const fails = (code: ErrorCode) => new VisionError(code, 'scripted')

describe('annotateImage()', () => {
  it('writes description, objects in pixels, overlay and masks', async () => {
    const { model, requests } = scriptedModel()
    const photo = upload(png)
    expect(await annotateImage(photo, services(model), CONFIG)).toMatchObject({
      ended: 'finished',
      status: 'succeeded',
    })
    const paths = resultPaths(photo)
    expect(annotationOf(photo)).toMatchObject({
      schemaVersion: 1,
      owner: 'alice',
      bucket: 'bucket',
      name: NAME,
      generation: photo.generation,
      status: 'succeeded',
      image: { width: 80, height: 60, format: 'png', orientation: 1, blurred: true },
      caption: 'A red ball.',
      altText: 'A red ball on grass.',
      labels: ['ball', 'grass'],
      text: '',
      objects: [
        {
          label: 'ball',
          box: { x: 20, y: 15, width: 40, height: 30 },
          box2d: [250, 250, 750, 750],
          mask: {
            form: 'polygon',
            path: paths.mask(0),
            areaPixels: 1200,
            polygon: [20, 15, 60, 15, 60, 45, 20, 45],
          },
        },
      ],
      dropped: { objects: 0, reasons: {} },
      overlay: { path: paths.overlay, contentType: 'image/png', width: 80, height: 60 },
      model: {
        provider: 'gemini-api',
        requested: 'gemini-3.8-flash',
        version: 'gemini-3.8-flash-001',
        promptVersion: 'describe-1',
      },
      usage: { promptTokens: 600, outputTokens: 40, thoughtTokens: 0, totalTokens: 640, calls: 2 },
      steps: {
        describe: { state: 'succeeded' },
        locate: { state: 'succeeded' },
        draw: { state: 'succeeded' },
      },
      lease: null,
      attempts: 1,
    })
    expect(annotationOf(photo)).not.toHaveProperty('error')
    expect(results()).toEqual([paths.answer, paths.overlay, paths.mask(0)])
    expect(requests.map(({ task }) => task).toSorted()).toEqual(['describe', 'locate'])
  })

  it('asks describe and locate in parallel', async () => {
    let [release, waiting] = [() => {}, 0]
    const both = new Promise<void>((resolve) => {
      release = resolve
    })
    // Each answers only once the other has been asked too.
    const reply = (answer: unknown) => async () => {
      if (++waiting === 2) release()
      await both
      return answer
    }
    const { model } = scriptedModel({
      describe: [reply({ caption: 'c', altText: 'a', labels: [], text: '' })],
      locate: [reply(OBJECTS)],
    })
    expect(await annotateImage(upload(png), services(model), CONFIG)).toMatchObject({ status: 'succeeded' })
  })

  it('says "no objects" with an empty overlay', async () => {
    const { model } = scriptedModel({ locate: [[]] })
    const photo = upload(png)
    await annotateImage(photo, services(model), CONFIG)
    expect(annotationOf(photo)).toMatchObject({
      status: 'succeeded',
      objects: [],
      overlay: { width: 80, height: 60 },
    })
  })

  it.each([
    ['nothing', Buffer.alloc(0), 'empty-file'],
    ['text', Buffer.from('hello'), 'unsupported-type'],
  ] satisfies [string, Buffer, ErrorCode][])(
    'rejects %s without asking the model',
    async (_, bytes, code) => {
      const { model, requests } = scriptedModel()
      const photo = upload(bytes)
      expect(await annotateImage(photo, services(model), CONFIG)).toMatchObject({ status: 'rejected' })
      expect(annotationOf(photo)).toMatchObject({
        status: 'rejected',
        error: { code, retryable: false },
        lease: null,
      })
      expect(requests).toEqual([])
    },
  )

  it('rejects a truncated picture without asking the model', async () => {
    const { model, requests } = scriptedModel()
    const photo = upload(png.subarray(0, png.length - 30))
    await annotateImage(photo, services(model), CONFIG)
    expect(annotationOf(photo)).toMatchObject({ status: 'rejected', error: { code: 'corrupt-image' } })
    expect(requests).toEqual([])
  })

  it.each([
    [{ describe: [fails('blocked-safety')] }, 'partial', 'blocked-safety', { objects: [{ label: 'ball' }] }],
    [{ locate: [fails('answer-stopped')] }, 'partial', 'answer-stopped', { caption: 'A red ball.' }],
    [{ locate: ['no JSON here'] }, 'partial', 'answer-unreadable', { caption: 'A red ball.' }],
    [
      { locate: [fails('model-refused-request')] },
      'partial',
      'model-refused-request',
      { caption: 'A red ball.' },
    ],
    [
      { describe: [fails('blocked-safety')], locate: [fails('blocked-safety')] },
      'blocked',
      'blocked-safety',
      {},
    ],
    [{ describe: [fails('answer-empty')], locate: [fails('blocked-other')] }, 'blocked', 'blocked-other', {}],
    [
      { describe: [fails('model-not-found')], locate: [fails('model-not-found')] },
      'failed',
      'model-not-found',
      {},
    ],
  ] satisfies [Parameters<typeof scriptedModel>[0], string, ErrorCode, object][])(
    'for %o ends %s with %s and keeps the rest',
    async (replies, status, code, kept) => {
      const photo = upload(png)
      await annotateImage(photo, services(scriptedModel(replies).model), CONFIG)
      expect(annotationOf(photo)).toMatchObject({ status, error: { code }, lease: null, ...kept })
      expect('objects' in (annotationOf(photo) ?? {})).toBe(!('locate' in replies))
    },
  )

  it('asks once more for an answer that cannot be read, and counts both', async () => {
    const { model, requests } = scriptedModel({ locate: ['no JSON here', OBJECTS] })
    const photo = upload(png)
    await annotateImage(photo, services(model), CONFIG)
    expect(annotationOf(photo)).toMatchObject({ status: 'succeeded', usage: { calls: 3, totalTokens: 960 } })
    expect(requests).toHaveLength(3)
  })

  it('stores who answered also when the answer was blocked', async () => {
    const photo = upload(png)
    await annotateImage(photo, services(scriptedModel({ locate: [fails('blocked-safety')] }).model), CONFIG)
    expect(annotationOf(photo)?.steps.locate).toMatchObject({
      state: 'failed',
      model: { version: 'gemini-3.8-flash-001' },
      usage: { calls: 1 },
      error: { code: 'blocked-safety' },
    })
  })

  it('counts mask tokens and leaves the object', async () => {
    const { model } = scriptedModel({ locate: [[{ ...OBJECTS[0], mask: '<start_of_mask><seg_4>' }]] })
    const photo = upload(png)
    await annotateImage(photo, services(model), CONFIG)
    expect(annotationOf(photo)).toMatchObject({
      status: 'succeeded',
      objects: [{ label: 'ball', mask: null }],
      dropped: { objects: 0, reasons: { 'mask-tokens': 1 } },
    })
  })

  it('throws what may heal, gives the claim back, and pays only for the missing step the next time', async () => {
    const photo = upload(png)
    const first = scriptedModel({ locate: [fails('model-unavailable')] })
    await expect(annotateImage(photo, services(first.model), CONFIG)).rejects.toMatchObject({
      code: 'model-unavailable',
    })
    expect(annotationOf(photo)).toMatchObject({
      status: 'processing',
      lease: null,
      caption: 'A red ball.',
      error: { code: 'model-unavailable', retryable: true },
    })

    const second = scriptedModel()
    await annotateImage(photo, services(second.model), CONFIG)
    expect(second.requests.map(({ task }) => task)).toEqual(['locate'])
    expect(annotationOf(photo)).toMatchObject({
      status: 'succeeded',
      caption: 'A red ball.',
      attempts: 2,
      usage: { calls: 2 },
    })
    expect(annotationOf(photo)).not.toHaveProperty('error')
  })
})

describe('annotateImage() when something breaks', () => {
  const broken = new Error('scripted: the store is down')

  it('asks describe again when its answer could not be written', async () => {
    const photo = upload(png)
    const { update } = annotations
    annotations.update = async (about, token, changes, at) => {
      if ('caption' in changes) throw broken
      return update(about, token, changes, at)
    }
    await expect(annotateImage(photo, services(scriptedModel().model), CONFIG)).rejects.toBe(broken)
    expect(annotationOf(photo)).toMatchObject({
      status: 'processing',
      lease: null,
      steps: { describe: { state: 'pending' } },
    })

    annotations.update = update
    const second = scriptedModel()
    await annotateImage(photo, services(second.model), CONFIG)
    expect(second.requests.map(({ task }) => task)).toEqual(['describe'])
    expect(annotationOf(photo)).toMatchObject({
      status: 'succeeded',
      caption: 'A red ball.',
      objects: [{ label: 'ball' }],
    })
  })

  it('pays each step once, however often the files cannot be written, and gives up in the end', async () => {
    const photo = upload(png)
    const { writeResult } = photos
    photos.writeResult = async (about, path, bytes, type) => {
      if (path.endsWith('.png')) throw broken
      await writeResult(about, path, bytes, type)
    }
    const { model, requests } = scriptedModel()
    for (let delivery = 1; delivery <= MAX_ATTEMPTS; delivery++) {
      await expect(annotateImage(photo, services(model), CONFIG)).rejects.toBe(broken)
    }
    expect(await annotateImage(photo, services(model), CONFIG)).toMatchObject({
      status: 'failed',
      code: 'gave-up',
    })
    expect(requests).toHaveLength(2)
    expect(annotationOf(photo)).toMatchObject({
      status: 'failed',
      error: { code: 'gave-up' },
      lease: null,
      usage: { calls: 2 },
    })
  })

  it('does not ask again for a step that failed for good while the other one waits', async () => {
    const photo = upload(png)
    const first = scriptedModel({ describe: [fails('blocked-safety')], locate: [fails('model-unavailable')] })
    await expect(annotateImage(photo, services(first.model), CONFIG)).rejects.toMatchObject({
      code: 'model-unavailable',
    })
    const second = scriptedModel()
    await annotateImage(photo, services(second.model), CONFIG)
    expect(second.requests.map(({ task }) => task)).toEqual(['locate'])
    expect(annotationOf(photo)).toMatchObject({
      status: 'partial',
      error: { code: 'blocked-safety' },
      objects: [{ label: 'ball' }],
    })
  })

  it('draws from the answer of an earlier delivery', async () => {
    const photo = upload(png)
    const first = scriptedModel({ describe: [fails('model-timeout')] })
    await expect(annotateImage(photo, services(first.model), CONFIG)).rejects.toMatchObject({
      code: 'model-timeout',
    })
    const second = scriptedModel({ locate: [[]] })
    await annotateImage(photo, services(second.model), CONFIG)
    expect(second.requests.map(({ task }) => task)).toEqual(['describe'])
    expect(annotationOf(photo)).toMatchObject({ status: 'succeeded', objects: [{ label: 'ball' }] })
  })

  it('keeps the first answer, and its cost, when the second request fails', async () => {
    const photo = upload(png)
    const { model } = scriptedModel({ locate: ['no JSON here', fails('model-unavailable')] })
    await annotateImage(photo, services(model), CONFIG)
    expect(annotationOf(photo)).toMatchObject({
      status: 'partial',
      error: { code: 'answer-unreadable' },
      usage: { calls: 2 },
    })
  })

  it('rejects a photo that the model cannot process', async () => {
    const photo = upload(png)
    const refused = [fails('model-refused-image')]
    await annotateImage(photo, services(scriptedModel({ describe: refused, locate: refused }).model), CONFIG)
    expect(annotationOf(photo)).toMatchObject({ status: 'rejected', error: { code: 'model-refused-image' } })
  })

  it.each([
    ['deleted', (photo: Photo) => removeAnnotation(photo, services(scriptedModel().model))],
    [
      'replaced',
      async (photo: Photo) =>
        void (await annotateImage(upload(png, '1700000000000002'), services(scriptedModel().model), CONFIG),
        photo),
    ],
  ])('steps back when the photo is %s while it is read', async (_, interfere) => {
    const photo = upload(png)
    const { readUpload } = photos
    photos.readUpload = async () => {
      photos.readUpload = readUpload
      await interfere(photo)
      throw new VisionError('corrupt-image', 'scripted')
    }
    expect(await annotateImage(photo, services(scriptedModel().model), CONFIG)).toEqual({
      ended: 'skipped',
      reason: 'claim-lost',
    })
    const own = resultPaths(photo).folder
    expect(results().filter((path) => path.startsWith(own))).toEqual([])
  })

  it('leaves no files when it fails after the photo was deleted', async () => {
    const photo = upload(png)
    const { writeResult } = photos
    photos.writeResult = async (about, path, bytes, type) => {
      await writeResult(about, path, bytes, type)
      if (!path.endsWith('overlay.png')) return
      await removeAnnotation(photo, services(scriptedModel().model))
      await writeResult(about, path, bytes, type)
      throw broken
    }
    await expect(annotateImage(photo, services(scriptedModel().model), CONFIG)).rejects.toBe(broken)
    expect(results()).toEqual([])
  })
})

describe('annotateImage() with several events', () => {
  it('does the same event twice once', async () => {
    const { model, requests } = scriptedModel()
    const photo = upload(png)
    await annotateImage(photo, services(model), CONFIG)
    expect(await annotateImage(photo, services(model), CONFIG)).toEqual({
      ended: 'skipped',
      reason: 'duplicate',
    })
    expect(requests).toHaveLength(2)
  })

  it('throws while another worker holds the lease, and takes over when it has run out', async () => {
    const photo = upload(png)
    const lease = { token: 'dead', expiresAt: new Date(now.getTime() + LEASE_SECONDS * 1000) }
    await annotations.claim(photo, lease, now)
    const { model, requests } = scriptedModel()
    await expect(annotateImage(photo, services(model), CONFIG)).rejects.toMatchObject({
      code: 'claimed-elsewhere',
    })
    expect(requests).toEqual([])

    now = new Date(lease.expiresAt.getTime() + 1)
    expect(await annotateImage(photo, services(model), CONFIG)).toMatchObject({ status: 'succeeded' })
    expect(annotationOf(photo)).toMatchObject({ attempts: 2 })
  })

  it('leaves the files of the worker that took over, when it wakes after its lease', async () => {
    const photo = upload(png)
    const { model } = scriptedModel({
      locate: [
        async () => {
          now = new Date(now.getTime() + LEASE_SECONDS * 1000 + 1)
          await annotateImage(photo, services(scriptedModel().model), CONFIG)
          return []
        },
      ],
    })
    expect(await annotateImage(photo, services(model), CONFIG)).toEqual({
      ended: 'skipped',
      reason: 'claim-lost',
    })
    expect(annotationOf(photo)).toMatchObject({ status: 'succeeded', objects: [{ label: 'ball' }] })
    expect(results().toSorted()).toEqual([
      resultPaths(photo).answer,
      resultPaths(photo).mask(0),
      resultPaths(photo).overlay,
    ])
  })

  it('stores nothing over the files of the worker that took over while it drew', async () => {
    const photo = upload(png)
    const { checkpointed, store } = { checkpointed: [] as string[], store: annotations.update }
    annotations.update = async (about, token, changes, at) => {
      // The fence before storing is the one write without a field.
      if (Object.keys(changes).length === 0 && checkpointed.push(token) === 1) {
        now = new Date(now.getTime() + LEASE_SECONDS * 1000 + 1)
        await annotateImage(photo, services(scriptedModel({ locate: [[]] }).model), CONFIG)
        photos.files.set(resultPaths(photo).overlay, {
          bytes: Buffer.from('theirs'),
          contentType: '',
          generation: '1',
        })
      }
      return store(about, token, changes, at)
    }
    expect(await annotateImage(photo, services(scriptedModel().model), CONFIG)).toEqual({
      ended: 'skipped',
      reason: 'claim-lost',
    })
    expect(photos.files.get(resultPaths(photo).overlay)?.bytes.toString()).toBe('theirs')
  })

  it('replaces an older generation with all it had, and never a newer one', async () => {
    const old = upload(png, '99')
    await annotateImage(old, services(scriptedModel({ describe: [fails('blocked-safety')] }).model), CONFIG)
    const current = upload(png, '100') // larger as a number, smaller as text
    await annotateImage(current, services(scriptedModel().model), CONFIG)
    expect(annotationOf(current)).toMatchObject({ generation: '100', status: 'succeeded', attempts: 1 })
    expect(annotationOf(current)).not.toHaveProperty('error')
    expect(results().every((path) => path.startsWith(resultPaths(current).folder))).toBe(true)

    expect(await annotateImage(old, services(scriptedModel().model), CONFIG)).toEqual({
      ended: 'skipped',
      reason: 'stale',
    })
    expect(annotationOf(current)).toMatchObject({ generation: '100', status: 'succeeded' })
  })

  it('is superseded when the object was overwritten before it was read, and deleted when it is gone', async () => {
    const photo = upload(png, '1')
    upload(png, '2')
    expect(await annotateImage(photo, services(scriptedModel().model), CONFIG)).toMatchObject({
      status: 'superseded',
    })

    const gone = upload(png, '3')
    photos.files.delete(NAME)
    expect(await annotateImage(gone, services(scriptedModel().model), CONFIG)).toMatchObject({
      status: 'deleted',
    })
    expect(annotationOf(gone)).toMatchObject({ status: 'deleted', expireAt: expect.any(Date) })
  })

  it('leaves nothing when the photo is deleted meanwhile', async () => {
    const photo = upload(png)
    const { model } = scriptedModel({
      locate: [
        async () => {
          photos.files.delete(NAME)
          await removeAnnotation(photo, services(scriptedModel().model))
          return OBJECTS
        },
      ],
    })
    expect(await annotateImage(photo, services(model), CONFIG)).toEqual({
      ended: 'skipped',
      reason: 'claim-lost',
    })
    expect(annotationOf(photo)).toMatchObject({ status: 'deleted', lease: null })
    expect(annotationOf(photo)).not.toHaveProperty('caption')
    expect(results()).toEqual([])
  })
})

describe('removeAnnotation()', () => {
  it('leaves a tombstone without content, and no results', async () => {
    const photo = upload(png)
    await annotateImage(photo, services(scriptedModel().model), CONFIG)
    await removeAnnotation(photo, services(scriptedModel().model))
    expect(annotationOf(photo)).toMatchObject({
      status: 'deleted',
      owner: 'alice',
      generation: photo.generation,
      expireAt: new Date('2026-11-29T12:00:00Z'),
    })
    for (const field of ['caption', 'altText', 'labels', 'text', 'objects', 'overlay', 'image', 'usage']) {
      expect(annotationOf(photo)).not.toHaveProperty(field)
    }
    expect(results()).toEqual([])
  })

  it('leaves a newer upload alone: an overwrite announces the deletion of what it replaced', async () => {
    const old = upload(png, '1')
    const current = upload(png, '2')
    await annotateImage(current, services(scriptedModel().model), CONFIG)
    await removeAnnotation(old, services(scriptedModel().model))
    expect(annotationOf(current)).toMatchObject({ status: 'succeeded', generation: '2' })
    expect(results()).not.toEqual([])
  })

  it('removes the results of an older upload too, when the newer one was never annotated', async () => {
    await annotateImage(upload(png, '1'), services(scriptedModel().model), CONFIG)
    await removeAnnotation(upload(png, '2'), services(scriptedModel().model))
    expect(results()).toEqual([])
  })

  it('stops an upload event that comes late', async () => {
    const photo = upload(png)
    await removeAnnotation(photo, services(scriptedModel().model))
    const { model, requests } = scriptedModel()
    expect(await annotateImage(photo, services(model), CONFIG)).toEqual({ ended: 'skipped', reason: 'stale' })
    expect(requests).toEqual([])
  })
})
