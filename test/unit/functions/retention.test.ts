import { describe, expect, it } from 'vitest'
import { imageIdOf } from '../../../functions/src/document/storage-paths.ts'
import type { Services } from '../../../functions/src/ports/services.ts'
import {
  annotate,
  annotationOf,
  annotations,
  clock,
  modelFiles,
  NAME,
  photos,
  png,
  results,
  upkeep,
  upload,
} from '../../support/photo-run.ts'
import { FULL, put, setCreated, stopProcessClock, sweepWith } from '../../support/sweep-run.ts'

const sweepAfter = async (days: number, changes: Partial<Services> = {}) =>
  sweepWith(FULL, { variables: { RETENTION_DAYS: String(days) }, changes })

/** Sets how long ago the upload was created. */
function age(name: string, days: number, hours = 0): void {
  setCreated(name, new Date(clock.now.getTime() - (days * 24 + hours) * 3600 * 1000))
}

describe('sweep() with RETENTION_DAYS', () => {
  it('deletes photos older than that with results, document and copies, and keeps the others', async () => {
    const photo = upload(png)
    await annotate(photo)
    age(NAME, 30, 1)
    const { imageId, generation } = photo
    const expiresAt = new Date(clock.now.getTime() + 3600 * 1000)
    await modelFiles.records.put('k', {
      uri: 'files/a',
      expiresAt,
      owner: 'alice',
      photo: { imageId, generation },
    })
    const young = 'users/alice/uploads/young.png'
    put(young)
    age(young, 29, 23)
    expect(await sweepAfter(30)).toMatchObject({ expired: 1, queued: 1 })
    expect(results()).toEqual([young])
    expect(photos.files.has(NAME)).toBe(false)
    expect(annotationOf(photo)).toMatchObject({ status: 'deleted', owner: 'alice', generation })
    expect(annotationOf(photo)).not.toHaveProperty('name')
    expect(modelFiles.removed).toEqual(['files/a'])
    expect(await sweepAfter(30)).toMatchObject({ expired: 0, removed: 0 })
  })

  it('deletes an old upload that was never annotated, instead of queueing it', async () => {
    upload(png)
    age(NAME, 31)
    expect(await sweepAfter(30)).toMatchObject({ expired: 1, queued: 0 })
    expect(photos.files.has(NAME)).toBe(false)
    expect(annotations.documents.get(imageIdOf('bucket', NAME))).toMatchObject({ status: 'deleted' })
  })

  it('keeps a newer upload that replaces the photo at this moment', async () => {
    const old = upload(png, '1')
    await annotate(old)
    age(NAME, 31)
    const objects = {
      ...upkeep.objects,
      remove: async (...args: Parameters<typeof upkeep.objects.remove>) => {
        if (args[1].name === NAME) await annotate(upload(png, '2'))
        return upkeep.objects.remove(...args)
      },
    }
    await sweepAfter(30, { upkeep: { ...upkeep, objects } })
    expect(photos.files.get(NAME)).toMatchObject({ generation: '2' })
    expect(annotationOf(old)).toMatchObject({ status: 'succeeded', generation: '2' })
    expect(results()).not.toEqual([])
  })

  it('stops between two uploads when the time is up, and continues with them in the next sweep', async () => {
    for (let i = 0; i < 100; i++) {
      const name = `users/alice/uploads/old-${i}.png`
      put(name)
      age(name, 31)
    }
    const time = stopProcessClock()
    const objects = {
      ...upkeep.objects,
      remove: async (...args: Parameters<typeof upkeep.objects.remove>) => {
        time.ms += 1000
        return upkeep.objects.remove(...args)
      },
    }
    const first = await sweepAfter(30, { upkeep: { ...upkeep, objects } })
    expect(first.walked).toBe(false)
    expect(first.expired).toBeGreaterThanOrEqual(60)
    expect(first.expired).toBeLessThan(80)
    expect(await sweepAfter(30)).toMatchObject({ expired: 100 - first.expired, walked: true })
    expect(photos.files.size).toBe(0)
  })

  it('keeps all photos with 0', async () => {
    await annotate(upload(png))
    age(NAME, 5000)
    expect(await sweepAfter(0)).toMatchObject({ expired: 0 })
    expect(photos.files.has(NAME)).toBe(true)
  })
})
