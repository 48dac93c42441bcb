import { beforeEach, describe, expect, it } from 'vitest'
import { readConfig } from '../../../functions/src/config/read-config.ts'
import { BACKFILL_RUN, LEASE_SECONDS } from '../../../functions/src/config/time-limits.ts'
import type { Photo } from '../../../functions/src/document/annotation.ts'
import { annotateQueued } from '../../../functions/src/maintenance/annotate-queued.ts'
import { sweep } from '../../../functions/src/maintenance/sweep.ts'
import { memoryQuota } from '../../../functions/src/stores/memory/memory-quota.ts'
import {
  annotate,
  annotateLast,
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
  services,
  upkeep,
  upload,
} from '../../support/photo-run.ts'
import { scriptedModel } from '../../support/vision.ts'

const CONFIG = readConfig({})

let script: ReturnType<typeof scriptedModel>
beforeEach(() => {
  script = scriptedModel()
})

describe('annotateQueued()', () => {
  const run = async (name = NAME, bucket = 'bucket') =>
    annotateQueued({ bucket, name }, services(script.model), CONFIG)

  it('annotates the live generation of the name, with the claim of an event', async () => {
    const photo = upload(png)
    expect(await run()).toMatchObject({ photo, outcome: { status: 'succeeded' } })
    expect(await run()).toMatchObject({ outcome: { ended: 'skipped', reason: 'duplicate' } })
    expect(script.requests).toHaveLength(2)
  })

  it('removes the results of a deleted photo', async () => {
    const photo = upload(png)
    await annotateLast(photo, scriptedModel({ locate: [fails('model-unavailable')] }))
    photos.files.delete(NAME)
    expect(await run()).toMatchObject({ outcome: { status: 'deleted' } })
    expect(results()).toEqual([])
    expect(await run()).toBeUndefined()
  })

  it('refuses photos of other buckets and paths, for good', async () => {
    photos.files.set('other.png', { bytes: png, contentType: 'image/png', generation: '1' })
    const refused = { outcome: { ended: 'skipped', reason: 'not-own' } }
    expect(await run('other.png')).toEqual(refused)
    upload(png)
    expect(await run(NAME, 'elsewhere')).toEqual(refused)
    expect(annotations.documents.size).toBe(0)
  })

  it('restores no deleted photo', async () => {
    const photo = upload(png)
    await annotate(photo)
    photos.files.delete(NAME)
    await remove(photo)
    expect(await run()).toBeUndefined()
    expect(annotationOf(photo)).toMatchObject({ status: 'deleted' })
  })

  it('removes nothing if the photo was uploaded again after its document was read', async () => {
    const photo = upload(png, '1')
    await annotate(photo)
    photos.files.delete(NAME)
    const { findUpload } = photos
    let current: Photo | undefined
    photos.findUpload = async (bucket, name, owner) => {
      const found = await findUpload(bucket, name, owner)
      if (!current) {
        current = upload(png, '2')
        await annotate(current)
      }
      return found
    }
    await annotateQueued({ bucket: 'bucket', name: NAME }, services(script.model), CONFIG)
    expect(annotationOf(photo)).toMatchObject({ generation: '2', status: 'succeeded' })
    expect(photos.files.has(drawnPaths(current!).overlay)).toBe(true)
  })
})

describe('annotateQueued() with the limits of backfills', () => {
  const wait = (seconds: number) => (clock.now = new Date(clock.now.getTime() + seconds * 1000))
  const swept = async () => (await sweep(services(script.model), CONFIG)).redriven

  it('holds the lease and the reservation longer, and the sweeper finds a dead worker after its lease', async () => {
    const photo = upload(png)
    const quota = memoryQuota()
    const started = clock.now.getTime()
    // A worker that dies while it waits for the model.
    const asked = Promise.withResolvers<void>()
    const dying = scriptedModel({
      describe: [
        async () => {
          asked.resolve()
          return new Promise(() => undefined)
        },
      ],
    })
    const trigger = { limits: BACKFILL_RUN, serviceTier: 'flex' } as const
    void annotateQueued({ bucket: 'bucket', name: NAME }, services(dying.model, quota), CONFIG, 0, trigger)
    await asked.promise
    expect(dying.requests[0]?.request).toMatchObject({ serviceTier: 'flex' })
    expect(dying.requests[0]?.request.timeLeftMs?.()).toBe(BACKFILL_RUN.modelWaitSeconds * 1000)
    const [reserved] = [...quota.allowances.values()].flatMap(({ days }) => Object.values(days))
    const expiresAt = started + BACKFILL_RUN.reservationMs
    expect(Object.values(reserved!.open)).toMatchObject([{ expiresAt }])

    wait(LEASE_SECONDS + 1)
    await expect(annotate(photo, script)).rejects.toMatchObject({ code: 'claimed-elsewhere' })
    wait(BACKFILL_RUN.leaseSeconds - LEASE_SECONDS - 2)
    expect(await swept()).toBe(0)
    wait(2)
    expect(await swept()).toBe(1)
    expect([...upkeep.tasks.values()]).toEqual([{ bucket: 'bucket', name: NAME }])
    await annotateQueued({ bucket: 'bucket', name: NAME }, services(script.model), CONFIG)
    expect(annotationOf(photo)).toMatchObject({ status: 'succeeded', crashes: 1 })
  })
})
