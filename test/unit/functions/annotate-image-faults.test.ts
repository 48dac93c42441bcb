import { describe, expect, it } from 'vitest'
import type { Photo } from '../../../functions/src/document/annotation.ts'
import { resultPaths } from '../../../functions/src/document/storage-paths.ts'
import { VisionError } from '../../../functions/src/errors.ts'
import { MAX_ATTEMPTS } from '../../../functions/src/pipeline/attempt-limits.ts'
import {
  annotate,
  annotationOf,
  annotations,
  drawnPaths,
  fails,
  photos,
  png,
  remove,
  results,
  upload,
} from '../../support/photo-run.ts'
import { scriptedModel } from '../../support/vision.ts'

describe('annotateImage(), after a failure', () => {
  const broken = new Error('scripted: the store is down')

  it('repeats describe when its answer could not be written', async () => {
    const photo = upload(png)
    const { update } = annotations
    annotations.update = async (about, token, changes, at) => {
      if ('caption' in changes) throw broken
      return update(about, token, changes, at)
    }
    await expect(annotate(photo)).rejects.toBe(broken)
    expect(annotationOf(photo)).toMatchObject({
      status: 'processing',
      lease: null,
      steps: { describe: { state: 'pending' } },
    })

    annotations.update = update
    const second = scriptedModel()
    await annotate(photo, second)
    expect(second.requests.map(({ task }) => task)).toEqual(['describe'])
    expect(annotationOf(photo)).toMatchObject({
      status: 'succeeded',
      caption: 'A red ball.',
      objects: [{ label: 'ball' }],
    })
  })

  it('bills each step once while its files cannot be written, and ends with gave-up', async () => {
    const photo = upload(png)
    const { writeResult } = photos
    photos.writeResult = async (about, path, bytes, type) => {
      if (path.endsWith('.png')) throw broken
      await writeResult(about, path, bytes, type)
    }
    const script = scriptedModel()
    for (let delivery = 1; delivery <= MAX_ATTEMPTS; delivery++) {
      await expect(annotate(photo, script)).rejects.toBe(broken)
    }
    expect(await annotate(photo, script)).toMatchObject({
      status: 'failed',
      code: 'gave-up',
    })
    expect(script.requests).toHaveLength(2)
    expect(annotationOf(photo)).toMatchObject({
      status: 'failed',
      error: { code: 'gave-up' },
      lease: null,
      usage: { calls: 2 },
    })
  })

  it('does not repeat a step that failed permanently when the other is retried', async () => {
    const photo = upload(png)
    const first = scriptedModel({ describe: [fails('blocked-safety')], locate: [fails('model-unavailable')] })
    await expect(annotate(photo, first)).rejects.toMatchObject({
      code: 'model-unavailable',
    })
    const second = scriptedModel()
    await annotate(photo, second)
    expect(second.requests.map(({ task }) => task)).toEqual(['locate'])
    expect(annotationOf(photo)).toMatchObject({
      status: 'partial',
      error: { code: 'blocked-safety' },
      objects: [{ label: 'ball' }],
    })
  })

  it('draws from the stored answer of an earlier delivery', async () => {
    const photo = upload(png)
    const first = scriptedModel({ describe: [fails('model-timeout')] })
    await expect(annotate(photo, first)).rejects.toMatchObject({
      code: 'model-timeout',
    })
    const second = scriptedModel({ locate: [[]] })
    await annotate(photo, second)
    expect(second.requests.map(({ task }) => task)).toEqual(['describe'])
    expect(annotationOf(photo)).toMatchObject({ status: 'succeeded', objects: [{ label: 'ball' }] })
  })

  it('throws the event back and keeps the usage when the service fails after an unreadable answer', async () => {
    const photo = upload(png)
    const first = scriptedModel({ locate: ['no JSON here', fails('model-unavailable')] })
    await expect(annotate(photo, first)).rejects.toMatchObject({ code: 'model-unavailable' })
    expect(annotationOf(photo)).toMatchObject({
      status: 'processing',
      steps: { locate: { state: 'pending' } },
    })
    await annotate(photo, scriptedModel())
    expect(annotationOf(photo)).toMatchObject({ status: 'succeeded', usage: { calls: 3 } })
  })

  it('keeps the error and usage of the first answer when the second request is refused', async () => {
    const photo = upload(png)
    const script = scriptedModel({ locate: ['no JSON here', fails('model-refused-request')] })
    await annotate(photo, script)
    expect(annotationOf(photo)).toMatchObject({
      status: 'partial',
      error: { code: 'answer-unreadable' },
      usage: { calls: 2 },
    })
  })

  it('repeats locate when its stored answers are damaged', async () => {
    const photo = upload(png)
    await expect(annotate(photo, scriptedModel({ describe: [fails('model-timeout')] }))).rejects.toThrow(
      'scripted',
    )
    for (const text of ['{"answers":[', '{"text":"[]"}']) {
      const path = drawnPaths(photo).text
      photos.files.set(path, { ...photos.files.get(path)!, bytes: Buffer.from(text) })
      const second = scriptedModel({ describe: [fails('model-timeout')] })
      await expect(annotate(photo, second)).rejects.toMatchObject({ code: 'model-timeout' })
      expect(second.requests.map(({ task }) => task).toSorted()).toEqual(['describe', 'locate'])
    }
  })

  it('rejects a photo that the model cannot process', async () => {
    const photo = upload(png)
    const refused = [fails('model-refused-image')]
    await annotate(photo, scriptedModel({ describe: refused, locate: refused }))
    expect(annotationOf(photo)).toMatchObject({ status: 'rejected', error: { code: 'model-refused-image' } })
  })

  it.each([
    ['deleted', (photo: Photo) => remove(photo)],
    ['replaced', async (photo: Photo) => void (await annotate(upload(png, '1700000000000002')), photo)],
  ])('ends with claim-lost when the photo is %s while it is read', async (_, interfere) => {
    const photo = upload(png)
    const { readUpload } = photos
    photos.readUpload = async () => {
      photos.readUpload = readUpload
      await interfere(photo)
      throw new VisionError('corrupt-image', 'scripted')
    }
    expect(await annotate(photo)).toEqual({
      ended: 'skipped',
      reason: 'claim-lost',
    })
    const own = resultPaths(photo).folder
    expect(results().filter((path) => path.startsWith(own))).toEqual([])
  })

  it('leaves no files after a failure when the photo was deleted', async () => {
    const photo = upload(png)
    const { writeResult } = photos
    photos.writeResult = async (about, path, bytes, type) => {
      await writeResult(about, path, bytes, type)
      if (!path.endsWith('overlay.png')) return
      await remove(photo)
      await writeResult(about, path, bytes, type)
      throw broken
    }
    await expect(annotate(photo)).rejects.toBe(broken)
    expect(results()).toEqual([])
  })
})
