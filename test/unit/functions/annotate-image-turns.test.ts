import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../../functions/src/config/read-config.ts'
import { PHOTO_RUN } from '../../../functions/src/config/time-limits.ts'
import type { Photo } from '../../../functions/src/document/annotation.ts'
import { imageIdOf } from '../../../functions/src/document/storage-paths.ts'
import { InstanceLimits, instanceLimits } from '../../../functions/src/image/instance-limits.ts'
import { annotateImage } from '../../../functions/src/pipeline/annotate-image.ts'
import { unlimitedQuota } from '../../../functions/src/stores/memory/memory-quota.ts'
import {
  annotate,
  annotationOf,
  clock,
  fails,
  photos,
  png,
  services,
  upload,
} from '../../support/photo-run.ts'
import { scriptedModel } from '../../support/vision.ts'

const { signal } = new AbortController()
const LARGE = 100 * 2 ** 20

/** Photos of the same bytes, whose events announce another size. */
function uploads(count: number, sizeBytes: number): Photo[] {
  const photo = upload(png)
  return Array.from({ length: count }, (_, index) => {
    const name = `users/alice/uploads/${index}.png`
    photos.files.set(name, photos.files.get(photo.name)!)
    return { ...photo, name, imageId: imageIdOf('bucket', name), sizeBytes }
  })
}

const bothSlots = async () =>
  Promise.all([instanceLimits.acquireDecoder(false, signal), instanceLimits.acquireDecoder(false, signal)])

/** Records how many calls of a function run at the same time. */
function watch<A extends unknown[], R>(run: (...args: A) => Promise<R>) {
  const seen = { running: 0, most: 0 }
  const watched = async (...args: A): Promise<R> => {
    seen.most = Math.max(seen.most, ++seen.running)
    await sleep(1)
    return run(...args).finally(() => seen.running--)
  }
  return { seen, watched }
}

describe('concurrent photos of one instance', () => {
  it('download as many bytes as there is memory for, and wait for the model together', async () => {
    const { model } = scriptedModel()
    const read = watch(photos.readUpload)
    photos.readUpload = read.watched
    const all = uploads(3, LARGE)
    // The model answers when it has the two requests for each photo.
    let missing = 2 * all.length
    const complete = Promise.withResolvers<void>()
    const generate: typeof model.generate = async (...request) => {
      if (--missing === 0) complete.resolve()
      await complete.promise
      return model.generate(...request)
    }
    const waiting = services({ ...model, generate })
    const config = readConfig({ MAX_IMAGE_BYTES: String(LARGE) })
    await Promise.all(all.map(async (photo) => annotateImage(photo, waiting, config)))
    expect(all.map((photo) => annotationOf(photo)?.status)).toEqual(all.map(() => 'succeeded'))
    expect(read.seen.most).toBe(1)
  })

  it.each<[string, (photo: Photo) => Promise<unknown>]>([
    ['succeeds', async (photo) => annotate(photo)],
    [
      'cannot be downloaded',
      async (photo) => {
        photos.readUpload = async () => Promise.reject(fails('storage-unavailable'))
        await expect(annotate(photo)).rejects.toThrow('scripted')
      },
    ],
    ['is no image', async () => annotate(upload(Buffer.from('no image')))],
    ['cannot be decoded', async () => annotate(upload(png.subarray(0, png.length - 40)))],
    [
      'gets no answer',
      async (photo) =>
        expect(annotate(photo, scriptedModel({ describe: [fails('model-timeout')] }))).rejects.toMatchObject({
          code: 'model-timeout',
        }),
    ],
  ])('leave their memory and their slots to others: a photo that %s', async (_, run) => {
    await run(upload(png))
    const all = [
      instanceLimits.acquireUpload(Number.MAX_VALUE, signal),
      instanceLimits.acquireRequests(
        { decodable: false, bytes: { length: 2 ** 40 } as Buffer },
        { width: 1, height: 1 },
        signal,
      ),
      instanceLimits.acquireDecoder(true, signal),
      instanceLimits.acquireDecoder(false, signal),
    ]
    const permits = await Promise.race([Promise.all(all), sleep(500)])
    for (const permit of permits ?? []) permit.release()
    expect(permits).toHaveLength(4)
  })

  it('wait for a slot until their deadline. Then the lease is released, and the next delivery succeeds', async () => {
    const slots = await bothSlots()
    const photo = upload(png)
    const run = annotateImage(photo, services(scriptedModel().model), readConfig({}), {
      limits: { ...PHOTO_RUN, modelWaitSeconds: 0.02 },
    })
    await expect(run).rejects.toMatchObject({ code: 'interrupted', retryable: true })
    expect(annotationOf(photo)).toMatchObject({ status: 'processing', lease: null, attempts: 0 })
    for (const slot of slots) slot.release()
    expect(await annotate(photo)).toMatchObject({ status: 'succeeded' })
  })

  it('send no request if the wait has left too little time for the answer', async () => {
    const slots = await bothSlots()
    const [photo, script] = [upload(png), scriptedModel()]
    const run = annotate(photo, script)
    await sleep(30)
    // Half of the timeout of a request is 30 s.
    clock.now = new Date(clock.now.getTime() + 211_000)
    for (const slot of slots) slot.release()
    await expect(run).rejects.toMatchObject({ code: 'interrupted', retryable: true })
    expect(script.requests).toEqual([])
    expect(annotationOf(photo)).toMatchObject({ status: 'processing', lease: null, attempts: 0 })
  })

  it.each([
    ['the time that is left is enough', PHOTO_RUN, 209_000],
    ['the limit of the run is short', { ...PHOTO_RUN, modelWaitSeconds: 25 }, 2000],
  ])('send their requests after a wait if %s', async (_, limits, waitMs) => {
    const slots = await bothSlots()
    const photo = upload(png)
    const run = annotateImage(photo, services(scriptedModel().model), readConfig({}), { limits })
    await sleep(30)
    clock.now = new Date(clock.now.getTime() + waitMs)
    for (const slot of slots) slot.release()
    expect(await run).toMatchObject({ status: 'succeeded' })
  })

  it('load the client of the model when their decoding has started, not before', async () => {
    const slots = await bothSlots()
    const script = scriptedModel()
    let warmUps = 0
    const model = { ...script.model, warmUp: () => void warmUps++ }
    const run = annotateImage(upload(png), services(model), readConfig({}))
    await sleep(30)
    expect(warmUps).toBe(0)
    for (const slot of slots) slot.release()
    expect(await run).toMatchObject({ status: 'succeeded' })
    expect(warmUps).toBe(2)
  })

  it('keep the reason for which they ended when their wait ends later', async () => {
    const slots = await bothSlots()
    const quota = unlimitedQuota()
    quota.reserve = async () => Promise.reject(fails('tokens-exceeded'))
    const limits = { ...PHOTO_RUN, modelWaitSeconds: 0.02 }
    const photo = upload(png)
    const run = annotateImage(photo, services(scriptedModel().model, quota), readConfig({}), { limits })
    expect(await run).toMatchObject({ status: 'deferred', code: 'tokens-exceeded' })
    for (const slot of slots) slot.release()
  })

  it('record how long they have waited for each other', async () => {
    const slots = await bothSlots()
    const photo = upload(png)
    const real = { ...services(scriptedModel().model), now: () => new Date() }
    const run = annotateImage(photo, real, readConfig({}))
    await sleep(30)
    for (const slot of slots) slot.release()
    await run
    expect(annotationOf(photo)?.timingsMs?.wait).toBeGreaterThan(10)
  })
})

describe('instanceLimits.acquireDecoder()', () => {
  it('starts one HEIC decoder at a time, and a HEIC photo that waits for it leaves the other slot free', async () => {
    const heic = await instanceLimits.acquireDecoder(true, signal)
    const next = instanceLimits.acquireDecoder(true, signal)
    const jpeg = await instanceLimits.acquireDecoder(false, signal)
    jpeg.release()
    expect(await Promise.race([next, sleep(5, 'waits')])).toBe('waits')
    heic.release()
    ;(await next).release()
  })
})

describe('instanceLimits.acquireRequests()', () => {
  const acquire = async (limits: InstanceLimits, length: number, count: number) => {
    const original = { decodable: false, bytes: { length } as Buffer }
    const all = Array.from({ length: count }, async () =>
      limits.acquireRequests(original, { width: 1, height: 1 }, signal),
    )
    return Promise.race([Promise.all(all).then(() => 'at once'), sleep(5, 'waits')])
  }

  it('counts less for an original that is uploaded once than for one that both requests contain', async () => {
    expect(await acquire(new InstanceLimits(), 20_000_000, 4)).toBe('at once')
    expect(await acquire(new InstanceLimits(), 20_000_000, 5)).toBe('waits')
    expect(await acquire(new InstanceLimits(), 4_000_000, 7)).toBe('at once')
    expect(await acquire(new InstanceLimits(), 4_000_000, 8)).toBe('waits')
  })

  it('takes enough for the largest copy, noise, until the bytes of the copy are known', async () => {
    const limits = new InstanceLimits()
    const take = async () =>
      limits.acquireRequests(
        { decodable: true, bytes: { length: 1 } as Buffer },
        { width: 4000, height: 3000 },
        signal,
      )
    const parts = [await take(), await take()]
    const third = take()
    expect(await Promise.race([third, sleep(5, 'waits')])).toBe('waits')
    parts[0]!.correct(4_000_000)
    ;(await third).release()
    for (const part of parts) part.release()
  })
})
