import { describe, expect, it } from 'vitest'
import { readConfig } from '../../../../functions/src/config/read-config.ts'
import { imageIdOf } from '../../../../functions/src/document/storage-paths.ts'
import { advanceErasure, erasureKey, requestErasure } from '../../../../functions/src/maintenance/erasure.ts'
import { annotateImage, removeAnnotation } from '../../../../functions/src/pipeline/annotate-image.ts'
import { memoryQuota } from '../../../../functions/src/stores/memory/memory-quota.ts'
import {
  CONFIG,
  erase,
  eraseCompletely,
  erasureOf,
  erasureServices,
  later,
  stored,
  storeUpload,
  storeUser,
  sweepErasures,
} from '../../../support/erasure-run.ts'
import { annotations, clock, modelFiles, photos, upkeep } from '../../../support/photo-run.ts'
import { NO_LIMITS } from '../../../support/quota-limits.ts'

describe('an erasure', () => {
  it('deletes uploads, results, detections, copies and documents of the user, and of no other user', async () => {
    const world = erasureServices()
    await storeUser('alice', world)
    await storeUser('alice2', world)
    await storeUser('bob', world)
    const others = [...photos.files.keys()].filter((name) => !name.includes('/alice/'))
    const files = [...photos.files.keys()].filter((name) => name.includes('/alice/annotations/')).length
    later(1)
    expect(await erase('alice', world)).toMatchObject({
      state: 'verifying',
      deleted: { photos: 1, documents: 1, files, modelFiles: 2 },
      dueAt: new Date('2026-11-22T12:32:00Z'),
    })
    expect(stored()).not.toMatch(/\balice\b/)
    expect(modelFiles.removed).toEqual(['files/alice'])
    expect([...photos.files.keys()]).toEqual(others)
    later(32)
    expect(await sweepErasures(world)).toMatchObject({ erased: 1, erasuresFailed: 0 })
    expect(erasureOf('alice')).toMatchObject({ state: 'done', completedAt: clock.now, dueAt: null })
    expect([...photos.files.keys()]).toEqual(others)
    expect(annotations.documents.get(imageIdOf('bucket', 'users/bob/uploads/ball.png'))).toMatchObject({
      status: 'succeeded',
      owner: 'bob',
    })
  })

  it('removes the owner of a tombstone, and keeps the tombstone against late events', async () => {
    const world = erasureServices()
    const photo = await storeUser('alice', world)
    photos.files.delete(photo.name)
    await removeAnnotation(photo, world)
    expect(stored()).toMatch(/"alice"/)
    await eraseCompletely('alice', world)
    expect(annotations.documents.get(photo.imageId)).toMatchObject({
      status: 'deleted',
      generation: photo.generation,
      owner: null,
    })
    expect(await annotateImage(photo, world, CONFIG)).toEqual({ ended: 'skipped', reason: 'stale' })
    await removeAnnotation(photo, world)
    expect(stored()).not.toMatch(/"alice"/)
  })

  it('keeps a photo that was uploaded after the request, and its results', async () => {
    const world = erasureServices()
    await storeUser('alice', world)
    await erase('alice', world)
    later(1)
    const photo = storeUpload('users/alice/uploads/new.png', 'alice')
    await annotateImage(photo, world, CONFIG)
    const names = [...photos.files.keys()]
    later(32)
    await sweepErasures(world)
    expect(erasureOf('alice')).toMatchObject({ state: 'done' })
    expect([...photos.files.keys()]).toEqual(names)
    expect(annotations.documents.get(photo.imageId)).toMatchObject({ status: 'succeeded', owner: 'alice' })
  })

  it('keeps the usage of today, and deletes older usage', async () => {
    const quota = memoryQuota()
    const world = erasureServices(undefined, quota)
    const spender = { uid: 'alice', kind: 'call', account: 'verified' } as const
    const limits = { ...NO_LIMITS, callsPerMinute: 5, tokensPerDay: 1000 }
    await quota.settle(
      await quota.reserve(spender, { least: 600, most: 600 }, limits, clock.now),
      600,
      clock.now,
    )
    await erase('alice', world)
    await expect(quota.reserve(spender, { least: 600, most: 600 }, limits, clock.now)).rejects.toMatchObject({
      code: 'tokens-exceeded',
    })
    later(24 * 60)
    await erase('alice', world)
    expect(quota.allowances.size).toBe(0)
  })

  it('of a deployment without owners is refused', async () => {
    const config = readConfig({ UPLOAD_PATH: 'uploads/{fileName}' })
    await expect(requestErasure('alice', 'operator', erasureServices(), config)).rejects.toMatchObject({
      code: 'invalid-request',
    })
    expect(upkeep.values.size).toBe(0)
  })

  it('deletes results in the output bucket, and leaves those of another deployment', async () => {
    const world = erasureServices()
    const photo = await storeUser('alice', world)
    const removed: string[] = []
    const objects = {
      ...world.upkeep.objects,
      async remove(bucket: string, { name }: { name: string }) {
        removed.push(`${bucket}/${name}`)
      },
    }
    const config = { ...CONFIG, outputBucket: 'results' }
    await requestErasure('alice', 'alice', world, config)
    const annotation = annotations.documents.get(photo.imageId)!
    annotations.documents.set(photo.imageId, { ...annotation, bucket: 'other' })
    photos.files.delete(photo.name)
    await advanceErasure(
      erasureKey('alice'),
      { ...world, upkeep: { ...upkeep, objects } },
      config,
      () => true,
    )
    expect(removed).toEqual([`results/users/alice/model-inputs/${'a'.repeat(64)}.jpg`])
    expect(annotations.documents.get(photo.imageId)).toMatchObject({ owner: 'alice', status: 'succeeded' })
  })
})

describe('requestErasure()', () => {
  it('changes nothing while the erasure runs, and extends it while it is verifying', async () => {
    const world = erasureServices()
    await storeUser('alice', world)
    await erase('alice', world, () => false)
    const first = erasureOf('alice')
    later(1)
    await requestErasure('alice', 'alice', world, CONFIG)
    expect(erasureOf('alice')).toEqual(first)
    const { deleted } = await erase('alice', world)
    storeUpload('users/alice/uploads/new.png', 'alice')
    expect(await erase('alice', world)).toMatchObject({
      state: 'verifying',
      requestedAt: clock.now,
      deleted: { ...deleted, photos: 2 },
    })
    later(32)
    await sweepErasures(world)
    expect(await erase('alice', world)).toMatchObject({
      state: 'verifying',
      deleted: { photos: 0, documents: 0, files: 0, modelFiles: 0 },
    })
  })

  it('accepts ten requests of a user in a day, and those of operators', async () => {
    const world = erasureServices()
    for (let request = 0; request < 10; request++) await erase('alice', world)
    await expect(erase('alice', world)).rejects.toMatchObject({
      code: 'calls-exceeded',
      retryAfterMs: 12 * 3_600_000,
    })
    expect(await erase('alice', world, undefined, 'operator')).toMatchObject({ requestedBy: 'operator' })
    await expect(erase('alice', world)).rejects.toMatchObject({ code: 'calls-exceeded' })
    later(24 * 60)
    expect(await erase('alice', world)).toMatchObject({ ownRequests: { day: '2026-11-23', count: 1 } })
  })
})
