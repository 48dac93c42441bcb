import { describe, expect, it } from 'vitest'
import type { Backfill } from '../../../functions/src/api/backfill.ts'
import { readConfig } from '../../../functions/src/config/read-config.ts'
import { imageIdOf } from '../../../functions/src/document/storage-paths.ts'
import { annotateQueued } from '../../../functions/src/maintenance/annotate-queued.ts'
import {
  advanceBackfill,
  advanceBackfills,
  startBackfill,
  stopBackfill,
} from '../../../functions/src/maintenance/backfill.ts'
import {
  annotate,
  annotations,
  fails,
  photos,
  png,
  services,
  upkeep,
  upload,
} from '../../support/photo-run.ts'
import { scriptedModel } from '../../support/vision.ts'

const CONFIG = readConfig({})
const script = scriptedModel()
const always = () => true
const nameOf = (index: number, owner = 'alice') =>
  `users/${owner}/uploads/photo-${String(index).padStart(5, '0')}.png`

function store(count: number, owner?: string): void {
  for (let index = 0; index < count; index++)
    photos.files.set(nameOf(index, owner), { bytes: png, contentType: 'image/png', generation: '7' })
}

async function start(request: Parameters<typeof startBackfill>[0], hasTime = always) {
  const id = await startBackfill(request, 'operator', services(script.model))
  return { id, backfill: await advanceBackfill(id, services(script.model), CONFIG, hasTime) }
}

async function work(): Promise<void> {
  for (const [, task] of upkeep.tasks) await annotateQueued(task, services(scriptedModel().model), CONFIG)
}

const stored = (id: string) => upkeep.values.get(`firesightBackfills/${id}`) as Backfill

describe('startBackfill()', () => {
  it('only counts and estimates by default', async () => {
    store(3)
    photos.files.set('users/alice/notes.txt', { bytes: png, contentType: '', generation: '1' })
    const { backfill } = await start({})
    expect(backfill).toMatchObject({
      state: 'done',
      dryRun: true,
      seen: 3,
      photos: 3,
      startedBy: 'operator',
      // 3 x 2,728 tokens: prompts of 186 and 145 with images of 560, answers of 245 and 1,032. Prices of 0.75
      // and 3.75 dollars a million.
      estimate: { tokens: 8184, usd: 0.02 },
    })
    expect(upkeep.tasks.size).toBe(0)
  })

  it('estimates no dollars if the price of a model is not known', async () => {
    store(1)
    const config = { ...CONFIG, locateModel: 'gemini-9' }
    const id = await startBackfill({}, 'operator', services(script.model))
    const backfill = await advanceBackfill(id, services(script.model), config, always)
    expect(backfill.estimate).toEqual({ tokens: 2728, usd: null })
    expect(await stopBackfill(id, services(script.model))).toMatchObject({ estimate: { usd: null } })
  })

  it('annotates each photo without an annotation, and counts the final statuses', async () => {
    store(5)
    const known = {
      ...upload(png),
      name: nameOf(0),
      imageId: imageIdOf('bucket', nameOf(0)),
      generation: '7',
    }
    await annotate(known)
    const { id } = await start({ dryRun: false, prefix: 'users/alice/uploads/photo-' })
    expect(upkeep.tasks.size).toBe(4)
    await work()
    expect(stored(id)).toMatchObject({ state: 'done', photos: 4, ended: { succeeded: 4 } })
    for (let index = 0; index < 5; index++)
      expect(annotations.documents.get(imageIdOf('bucket', nameOf(index)))).toMatchObject({
        status: 'succeeded',
      })
  })

  it('examines only uploads under the prefix', async () => {
    store(2, 'alice')
    store(3, 'bob')
    const { backfill } = await start({ prefix: 'users/bob/' })
    expect(backfill).toMatchObject({ seen: 3, photos: 3 })
  })

  it('queues at most maxPhotos, over any number of pages', async () => {
    store(2500)
    const { backfill } = await start({ dryRun: false, maxPhotos: 1200 })
    expect(backfill).toMatchObject({ state: 'capped', photos: 1200 })
    expect(upkeep.tasks.size).toBe(1200)
  })

  it('reruns failed photos only with retry', async () => {
    const photo = upload(png)
    await annotate(photo, scriptedModel({ describe: [fails('blocked-safety')] }))
    expect((await start({})).backfill).toMatchObject({ photos: 0 })
    const { id } = await start({ retry: true, dryRun: false })
    await work()
    expect(stored(id)).toMatchObject({ photos: 1, ended: { succeeded: 1 } })
    expect(annotations.documents.get(photo.imageId)).toMatchObject({ status: 'succeeded' })
  })

  it('with retry reruns a rejected photo only if the limit that rejected it has changed', async () => {
    const photo = upload(png)
    const limited = { ...CONFIG, maxImagePixels: 1000 }
    await annotate(photo, script, undefined, limited)
    const backfill = async (config: typeof CONFIG) => {
      const id = await startBackfill({ retry: true }, 'operator', services(script.model))
      return advanceBackfill(id, services(script.model), config, always)
    }
    expect(await backfill(limited)).toMatchObject({ seen: 1, photos: 0 })
    expect(await backfill(CONFIG)).toMatchObject({ seen: 1, photos: 1 })
  })

  it('reruns a photo once per task, whatever the outcome of the first attempt', async () => {
    const photo = upload(png)
    await annotate(photo, scriptedModel({ describe: [fails('blocked-safety')] }))
    const { id } = await start({ retry: true, dryRun: false })
    const model = scriptedModel({ describe: [fails('blocked-safety')] })
    const task = { bucket: 'bucket', name: photo.name, backfill: id, retry: true }
    await annotateQueued(task, services(model.model), CONFIG)
    await annotateQueued(task, services(model.model), CONFIG, 1)
    expect(model.requests).toHaveLength(1)
  })

  it('annotates each photo once when it is started twice', async () => {
    store(3)
    await start({ dryRun: false })
    await start({ dryRun: false })
    expect(upkeep.tasks.size).toBe(6)
    const model = scriptedModel()
    for (const [, task] of upkeep.tasks) await annotateQueued(task, services(model.model), CONFIG)
    expect(model.requests).toHaveLength(6)
  })
})

describe('advanceBackfill()', () => {
  it('continues with the next sweep after its time ran out, and queues no photo twice', async () => {
    store(2500)
    let pages = 0
    const { id, backfill } = await start({ dryRun: false, maxPhotos: 5000 }, () => pages++ < 1)
    expect(backfill).toMatchObject({ state: 'running', seen: 1000, photos: 1000, leasedUntil: null })
    expect(await advanceBackfills(services(script.model), CONFIG, always)).toBe(1)
    expect(stored(id)).toMatchObject({ state: 'done', seen: 2500, photos: 2500, cursor: null })
    expect(upkeep.tasks.size).toBe(2500)
  })

  it('queues no photo twice after a crash in the middle of a page', async () => {
    store(30)
    const { enqueue } = upkeep.queue
    let queued = 0
    upkeep.queue.enqueue = async (photo, taskId) => {
      if (++queued === 15) throw fails('storage-unavailable')
      return enqueue(photo, taskId)
    }
    const id = await startBackfill({ dryRun: false }, 'operator', services(script.model))
    const advance = async () => advanceBackfill(id, services(script.model), CONFIG, always)
    await expect(advance()).rejects.toMatchObject({ code: 'storage-unavailable' })
    upkeep.queue.enqueue = enqueue
    expect(await advance()).toMatchObject({ state: 'done', photos: 30 })
    expect(upkeep.tasks.size).toBe(30)
  })

  it('does not advance a backfill that another worker holds', async () => {
    store(3)
    const { list } = upkeep.objects
    let beside: Backfill | undefined
    const id = await startBackfill({}, 'operator', services(script.model))
    const advance = async () => advanceBackfill(id, services(script.model), CONFIG, always)
    upkeep.objects.list = async (...page) => {
      beside ??= await advance()
      return list(...page)
    }
    try {
      expect(await advance()).toMatchObject({ photos: 3 })
      expect(beside).toMatchObject({ state: 'running', photos: 0 })
    } finally {
      upkeep.objects.list = list
    }
  })
})

describe('stopBackfill()', () => {
  it('stops queueing, and skips queued photos', async () => {
    store(1500)
    let pages = 0
    const { id } = await start({ dryRun: false, maxPhotos: 5000 }, () => pages++ < 1)
    expect(await stopBackfill(id, services(script.model))).toMatchObject({ state: 'stopped', photos: 1000 })
    expect(await advanceBackfills(services(script.model), CONFIG, always)).toBe(0)
    await work()
    expect(annotations.documents.size).toBe(0)
  })

  it('takes effect while a page is being filled', async () => {
    store(1500)
    const { list } = upkeep.objects
    const id = await startBackfill({ dryRun: false, maxPhotos: 5000 }, 'operator', services(script.model))
    upkeep.objects.list = async (...page) => {
      await stopBackfill(id, services(script.model))
      return list(...page)
    }
    try {
      expect(await advanceBackfill(id, services(script.model), CONFIG, always)).toMatchObject({
        state: 'stopped',
      })
      expect(upkeep.tasks.size).toBe(1000)
    } finally {
      upkeep.objects.list = list
    }
  })

  it('rejects an unknown id', async () => {
    await expect(stopBackfill('nope', services(script.model))).rejects.toMatchObject({
      code: 'invalid-request',
    })
  })
})
