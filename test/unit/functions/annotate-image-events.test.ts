import { describe, expect, it } from 'vitest'
import { LEASE_SECONDS } from '../../../functions/src/config/time-limits.ts'
import { resultPaths } from '../../../functions/src/document/storage-paths.ts'
import {
  annotate,
  annotationOf,
  annotations,
  clock,
  drawnPaths,
  fails,
  NAME,
  photos,
  png,
  remove,
  results,
  upload,
} from '../../support/photo-run.ts'
import { OBJECTS, scriptedModel } from '../../support/vision.ts'

describe('annotateImage() with several events', () => {
  it('annotates a photo once for a duplicated event', async () => {
    const script = scriptedModel()
    const photo = upload(png)
    await annotate(photo, script)
    expect(await annotate(photo, script)).toEqual({
      ended: 'skipped',
      reason: 'duplicate',
    })
    expect(script.requests).toHaveLength(2)
  })

  it('throws while another worker holds the lease, and takes over when it has expired', async () => {
    const photo = upload(png)
    const lease = { token: 'dead', expiresAt: new Date(clock.now.getTime() + LEASE_SECONDS * 1000) }
    await annotations.claim(photo, lease, clock.now)
    const script = scriptedModel()
    await expect(annotate(photo, script)).rejects.toMatchObject({
      code: 'claimed-elsewhere',
    })
    expect(script.requests).toEqual([])

    clock.now = new Date(lease.expiresAt.getTime() + 1)
    expect(await annotate(photo, script)).toMatchObject({ status: 'succeeded' })
    expect(annotationOf(photo)).toMatchObject({ attempts: 2 })
  })

  it('keeps the files of the worker that took over when it resumes after its lease', async () => {
    const photo = upload(png)
    const script = scriptedModel({
      locate: [
        async () => {
          clock.now = new Date(clock.now.getTime() + LEASE_SECONDS * 1000 + 1)
          await annotate(photo)
          return []
        },
      ],
    })
    expect(await annotate(photo, script)).toEqual({
      ended: 'skipped',
      reason: 'claim-lost',
    })
    expect(annotationOf(photo)).toMatchObject({ status: 'succeeded', objects: [{ label: 'ball' }] })
    // The sweeper deletes its own answer, which no document refers to.
    const { text, overlay, mask } = drawnPaths(photo)
    const kept = [resultPaths(photo).thumbnail, text, mask(0), overlay]
    expect(results()).toEqual(expect.arrayContaining(kept))
    const own = results().filter((path) => !kept.includes(path))
    expect(new Set(own.map((path) => path.split('/').at(-1)))).toEqual(
      new Set(['answer.json', 'overlay.png']),
    )
  })

  it('writes the same files as a worker that took over with the stored answer', async () => {
    const photo = upload(png)
    const store = photos.writeResult
    let theirs: Map<string, string> | undefined
    const hashes = () =>
      new Map(results().map((path) => [path, photos.files.get(path)!.bytes.toString('base64')]))
    photos.writeResult = async (about, path, ...file) => {
      if (!theirs && path.endsWith('overlay.png')) {
        theirs = new Map()
        clock.now = new Date(clock.now.getTime() + LEASE_SECONDS * 1000 + 1)
        await annotate(photo)
        theirs = hashes()
      }
      return store(about, path, ...file)
    }
    expect(await annotate(photo)).toEqual({
      ended: 'skipped',
      reason: 'claim-lost',
    })
    expect(annotationOf(photo)).toMatchObject({ status: 'succeeded', objects: [{ label: 'ball' }] })
    expect(hashes()).toEqual(theirs)
  })

  it('replaces an older generation with its results, and never a newer one', async () => {
    const old = upload(png, '99')
    await annotate(old, scriptedModel({ describe: [fails('blocked-safety')] }))
    const current = upload(png, '100') // larger as a number, smaller as text
    await annotate(current)
    expect(annotationOf(current)).toMatchObject({ generation: '100', status: 'succeeded', attempts: 1 })
    expect(annotationOf(current)).not.toHaveProperty('error')
    expect(results().every((path) => path.startsWith(resultPaths(current).folder))).toBe(true)

    expect(await annotate(old)).toEqual({
      ended: 'skipped',
      reason: 'stale',
    })
    expect(annotationOf(current)).toMatchObject({ generation: '100', status: 'succeeded' })
  })

  it('is superseded when the object was overwritten before it was read, and deleted when it is gone', async () => {
    const photo = upload(png, '1')
    upload(png, '2')
    expect(await annotate(photo)).toMatchObject({
      status: 'superseded',
    })

    const gone = upload(png, '3')
    photos.files.delete(NAME)
    expect(await annotate(gone)).toMatchObject({
      status: 'deleted',
    })
    expect(annotationOf(gone)).toMatchObject({ status: 'deleted', expireAt: expect.any(Date) })
  })

  it('leaves no results when the photo is deleted during the run', async () => {
    const photo = upload(png)
    const script = scriptedModel({
      locate: [
        async () => {
          photos.files.delete(NAME)
          await remove(photo)
          return OBJECTS
        },
      ],
    })
    expect(await annotate(photo, script)).toEqual({
      ended: 'skipped',
      reason: 'claim-lost',
    })
    expect(annotationOf(photo)).toMatchObject({ status: 'deleted' })
    expect(annotationOf(photo)).not.toHaveProperty('caption')
    expect(results()).toEqual([])
  })
})

describe('removeAnnotation()', () => {
  it('leaves a tombstone without content, and no results', async () => {
    const photo = upload(png)
    await annotate(photo)
    await remove(photo)
    expect(annotationOf(photo)).toMatchObject({
      status: 'deleted',
      owner: 'alice',
      generation: photo.generation,
      expireAt: new Date('2026-11-29T12:00:00Z'),
    })
    for (const field of [
      'name',
      'contentType',
      'sizeBytes',
      'steps',
      'caption',
      'altText',
      'labels',
      'text',
      'objects',
      'overlay',
      'image',
      'usage',
    ]) {
      expect(annotationOf(photo)).not.toHaveProperty(field)
    }
    expect(results()).toEqual([])
  })

  it('keeps a newer upload: overwriting also sends a deletion event', async () => {
    const old = upload(png, '1')
    const current = upload(png, '2')
    await annotate(current)
    await remove(old)
    expect(annotationOf(current)).toMatchObject({ status: 'succeeded', generation: '2' })
    expect(results()).not.toEqual([])
  })

  it('removes the results of an older upload too, when the newer one was never annotated', async () => {
    await annotate(upload(png, '1'))
    await remove(upload(png, '2'))
    expect(results()).toEqual([])
  })

  it('never writes the owner of an erased photo again', async () => {
    const photo = upload(png)
    await annotate(photo)
    await remove({ ...photo, owner: null })
    await remove(photo)
    expect(annotationOf(photo)).toMatchObject({ status: 'deleted', owner: null })
    await remove({ ...photo, generation: '1800000000000001' })
    expect(annotationOf(photo)).toMatchObject({ status: 'deleted', owner: 'alice' })
  })

  it('makes a late upload event have no effect', async () => {
    const photo = upload(png)
    await remove(photo)
    const script = scriptedModel()
    expect(await annotate(photo, script)).toEqual({ ended: 'skipped', reason: 'stale' })
    expect(script.requests).toEqual([])
  })
})
