import { describe, expect, it } from 'vitest'
import { resultPaths } from '../../../functions/src/document/storage-paths.ts'
import type { ErrorCode } from '../../../functions/src/errors.ts'
import {
  annotate,
  annotationOf,
  drawnPaths,
  fails,
  NAME,
  png,
  results,
  upload,
} from '../../support/photo-run.ts'
import { OBJECTS, scriptedModel } from '../../support/vision.ts'

describe('annotateImage()', () => {
  it('writes description, objects in pixels, overlay and masks', async () => {
    const script = scriptedModel()
    const photo = upload(png)
    expect(await annotate(photo, script)).toMatchObject({
      ended: 'finished',
      status: 'succeeded',
    })
    const paths = drawnPaths(photo)
    expect(annotationOf(photo)).toMatchObject({
      schemaVersion: 2,
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
        promptVersion: 'describe-2',
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
    expect(new Set(results())).toEqual(
      new Set([resultPaths(photo).thumbnail, paths.text, paths.overlay, paths.mask(0)]),
    )
    expect(script.requests.map(({ task }) => task).toSorted()).toEqual(['describe', 'locate'])
  })

  it('asks describe and locate in parallel', async () => {
    let [release, waiting] = [() => {}, 0]
    const both = new Promise<void>((resolve) => {
      release = resolve
    })
    // Each answers only after the other was sent too.
    const reply = (answer: unknown) => async () => {
      if (++waiting === 2) release()
      await both
      return answer
    }
    const script = scriptedModel({
      describe: [reply({ caption: 'c', altText: 'a', labels: [], text: '' })],
      locate: [reply(OBJECTS)],
    })
    expect(await annotate(upload(png), script)).toMatchObject({ status: 'succeeded' })
  })

  it('says "no objects" with an empty overlay', async () => {
    const script = scriptedModel({ locate: [[]] })
    const photo = upload(png)
    await annotate(photo, script)
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
      const script = scriptedModel()
      const photo = upload(bytes)
      expect(await annotate(photo, script)).toMatchObject({ status: 'rejected' })
      expect(annotationOf(photo)).toMatchObject({
        status: 'rejected',
        error: { code, retryable: false },
        lease: null,
      })
      expect(script.requests).toEqual([])
    },
  )

  it('rejects a truncated image without asking the model', async () => {
    const script = scriptedModel()
    const photo = upload(png.subarray(0, png.length - 30))
    await annotate(photo, script)
    expect(annotationOf(photo)).toMatchObject({ status: 'rejected', error: { code: 'corrupt-image' } })
    expect(script.requests).toEqual([])
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
      { describe: [fails('model-refused-request')], locate: [fails('model-refused-request')] },
      'failed',
      'model-refused-request',
      {},
    ],
  ] satisfies [Parameters<typeof scriptedModel>[0], string, ErrorCode, object][])(
    'for %o ends %s with %s and keeps the rest',
    async (replies, status, code, kept) => {
      const photo = upload(png)
      await annotate(photo, scriptedModel(replies))
      expect(annotationOf(photo)).toMatchObject({ status, error: { code }, lease: null, ...kept })
      const { objects, steps } = annotationOf(photo)!
      expect(objects !== undefined).toBe(!('locate' in replies))
      expect(steps.draw).toEqual({ state: objects ? 'succeeded' : 'skipped' })
    },
  )

  it('repeats an unreadable answer once, and counts both', async () => {
    const script = scriptedModel({ locate: ['no JSON here', OBJECTS] })
    const photo = upload(png)
    await annotate(photo, script)
    expect(annotationOf(photo)).toMatchObject({ status: 'succeeded', usage: { calls: 3, totalTokens: 960 } })
    expect(script.requests).toHaveLength(3)
  })

  it('stores the model also when the answer was blocked', async () => {
    const photo = upload(png)
    await annotate(photo, scriptedModel({ locate: [fails('blocked-safety')] }))
    expect(annotationOf(photo)?.steps.locate).toMatchObject({
      state: 'failed',
      model: { version: 'gemini-3.8-flash-001' },
      usage: { calls: 1 },
      error: { code: 'blocked-safety' },
    })
  })

  it('counts mask tokens and keeps the object', async () => {
    const script = scriptedModel({ locate: [[{ ...OBJECTS[0], mask: '<start_of_mask><seg_4>' }]] })
    const photo = upload(png)
    await annotate(photo, script)
    expect(annotationOf(photo)).toMatchObject({
      status: 'succeeded',
      objects: [{ label: 'ball', mask: null }],
      dropped: { objects: 0, reasons: { 'mask-tokens': 1 } },
    })
  })

  it('rethrows a transient failure, releases the lease, and runs only the missing step next time', async () => {
    const photo = upload(png)
    const first = scriptedModel({ locate: [fails('model-unavailable')] })
    await expect(annotate(photo, first)).rejects.toMatchObject({
      code: 'model-unavailable',
    })
    expect(annotationOf(photo)).toMatchObject({
      status: 'processing',
      lease: null,
      caption: 'A red ball.',
      error: { code: 'model-unavailable', retryable: true },
    })

    const second = scriptedModel()
    await annotate(photo, second)
    expect(second.requests.map(({ task }) => task)).toEqual(['locate'])
    expect(annotationOf(photo)).toMatchObject({
      status: 'succeeded',
      caption: 'A red ball.',
      attempts: 1,
      usage: { calls: 2 },
    })
    expect(annotationOf(photo)).not.toHaveProperty('error')
  })
})
