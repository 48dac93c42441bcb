import { describe, expect, it } from 'vitest'
import { storeDetection } from '../../../../functions/src/callables/detection-output.ts'
import { VisionError } from '../../../../functions/src/errors.ts'
import { advanceErasure, erasureKey, requestErasure } from '../../../../functions/src/maintenance/erasure.ts'
import { annotateImage } from '../../../../functions/src/pipeline/annotate-image.ts'
import type { Services } from '../../../../functions/src/ports/services.ts'
import {
  always,
  CONFIG,
  erase,
  erasureOf,
  erasureServices,
  later,
  stored,
  storeUpload,
  storeUser,
  sweepErasures,
} from '../../../support/erasure-run.ts'
import { annotationOf, annotations, modelFiles, photos, upkeep } from '../../../support/photo-run.ts'
import { OBJECTS, scriptedModel } from '../../../support/vision.ts'

/** Services that die at their n-th request: this one and all later ones fail. */
function dyingAfter(requests: number, world: Services): Services & { died: () => boolean } {
  let count = 0
  const dying = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get(target, key) {
        const method = Reflect.get(target, key) as unknown
        if (typeof method !== 'function') return method
        return async (...values: unknown[]) => {
          if (++count > requests) throw new Error('The process is dead')
          return (method as (...given: unknown[]) => unknown).apply(target, values)
        }
      },
    })
  const { annotations: documents, photos: files, quota } = world
  return {
    ...world,
    annotations: dying(documents),
    photos: dying(files),
    quota: dying(quota),
    modelFiles: { records: dying(world.modelFiles.records), uploads: dying(world.modelFiles.uploads) },
    upkeep: {
      ...world.upkeep,
      annotations: dying(world.upkeep.annotations),
      objects: dying(world.upkeep.objects),
      progress: dying(world.upkeep.progress),
    },
    died: () => count > requests,
  }
}

async function untilDone(uid: string, world: Services): Promise<void> {
  for (let sweeps = 0; sweeps < 10; sweeps++) {
    if ((erasureOf(uid) as { state?: string } | undefined)?.state === 'done') return
    later(11)
    await sweepErasures(world)
  }
}

describe('advanceErasure()', () => {
  it('completes after a crash at each of its requests', async () => {
    let crashes = 0
    for (let requests = 1; ; requests++) {
      photos.files.clear()
      annotations.documents.clear()
      upkeep.values.clear()
      modelFiles.records.files.clear()
      const world = erasureServices()
      await storeUser('alice', world)
      await storeUser('bob', world)
      const bobs = [...photos.files.keys()].filter((name) => name.includes('/bob/')).length
      await requestErasure('alice', 'alice', world, CONFIG)
      const dying = dyingAfter(requests, world)
      await advanceErasure(erasureKey('alice'), dying, CONFIG, always).catch(() => crashes++)
      await untilDone('alice', world)
      expect(erasureOf('alice')).toMatchObject({ state: 'done', error: null })
      expect(stored()).not.toMatch(/\balice\b/)
      expect([...photos.files.keys()]).toHaveLength(bobs)
      if (!dying.died()) break
    }
    expect(crashes).toBeGreaterThan(20)
  })

  it('works page by page: a call returns in time, and sweeps continue', async () => {
    const world = erasureServices()
    for (let index = 0; index < 2500; index++) storeUpload(`users/alice/uploads/${index}.png`, 'alice')
    await requestErasure('alice', 'alice', world, CONFIG)
    let pages = 0
    const onePage = () => pages++ < 1
    for (let calls = 0; calls < 20; calls++) {
      pages = 0
      const { state } = await advanceErasure(erasureKey('alice'), world, CONFIG, onePage)
      if (state !== 'running') break
    }
    expect(erasureOf('alice')).toMatchObject({ state: 'verifying', deleted: { photos: 2500 } })
    expect(photos.files.size).toBe(0)
  })

  it('runs one erasure of a user at a time', async () => {
    const world = erasureServices()
    await storeUser('alice', world)
    await requestErasure('alice', 'alice', world, CONFIG)
    const advance = async () => advanceErasure(erasureKey('alice'), world, CONFIG, always)
    const states = (await Promise.all([advance(), advance(), advance()])).map(({ state }) => state)
    expect(states.toSorted((a, b) => a.localeCompare(b))).toEqual(['running', 'running', 'verifying'])
    expect(erasureOf('alice')).toMatchObject({ deleted: { photos: 1, documents: 1, modelFiles: 2 } })
  })

  it('records a failure, and the sweep advances the other erasures', async () => {
    const world = erasureServices()
    const failure = new VisionError('model-unavailable', 'scripted')
    let isDown = true
    world.modelFiles.uploads.remove = async (uri) => {
      if (isDown && uri === 'files/alice') throw failure
    }
    await storeUser('alice', world)
    await storeUser('bob', world)
    await requestErasure('alice', 'alice', world, CONFIG)
    await requestErasure('bob', 'bob', world, CONFIG)
    expect(await sweepErasures(world)).toMatchObject({ erased: 0, erasuresFailed: 1 })
    expect(erasureOf('alice')).toMatchObject({ state: 'running', error: 'model-unavailable' })
    expect(erasureOf('bob')).toMatchObject({ state: 'verifying', error: null })
    isDown = false
    await untilDone('alice', world)
    expect(erasureOf('alice')).toMatchObject({ state: 'done', error: null })
  })
})

describe('functions at work during an erasure', () => {
  it('a worker writes no results', async () => {
    const script = scriptedModel({
      locate: [
        async () => {
          later(1)
          await erase('alice', world)
          return OBJECTS
        },
      ],
    })
    const world = erasureServices(script)
    const photo = storeUpload('users/alice/uploads/ball.png', 'alice')
    expect(await annotateImage(photo, world, CONFIG)).toEqual({ ended: 'skipped', reason: 'claim-lost' })
    expect(annotationOf(photo)).toMatchObject({ status: 'deleted', owner: null })
    expect(annotationOf(photo)).not.toHaveProperty('caption')
    expect(stored()).not.toMatch(/\balice\b/)
  })

  it('detectObjects() leaves no files', async () => {
    const world = erasureServices()
    const photo = await storeUser('alice', world)
    const slow = {
      ...world.photos,
      writeResult: async (...values: Parameters<typeof world.photos.writeResult>) => {
        await erase('alice', world)
        later(1)
        await world.photos.writeResult(...values)
      },
    }
    const found = { objects: [], dropped: {} }
    const detection = storeDetection(
      found,
      { width: 80, height: 60 },
      { overlay: false, photo },
      { photos: slow },
    )
    await expect(detection).rejects.toMatchObject({ code: 'object-gone' })
    expect(stored()).not.toMatch(/\balice\b/)
  })

  it('the second pass deletes files of a worker that died', async () => {
    const world = erasureServices()
    const photo = await storeUser('alice', world)
    const late = [...photos.files.keys()].filter((name) => name.includes('/annotations/'))
    await erase('alice', world)
    later(20)
    for (const path of late) await world.photos.writeResult(photo, path, Buffer.from('late'), 'image/png')
    expect(stored()).toMatch(/\balice\b/)
    later(12)
    await sweepErasures(world)
    expect(erasureOf('alice')).toMatchObject({ state: 'done' })
    expect(stored()).not.toMatch(/\balice\b/)
  })
})
