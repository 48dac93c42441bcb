import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { readConfig } from '../../../functions/src/config/read-config.ts'
import { imageIdOf, resultPaths } from '../../../functions/src/document/storage-paths.ts'
import { type SweepOptions, sweep } from '../../../functions/src/maintenance/sweep.ts'
import {
  annotate,
  annotationOf,
  annotations,
  clock,
  fails,
  NAME,
  photos,
  png,
  results,
  services,
  upkeep,
  upload,
} from '../../support/photo-run.ts'
import { scriptedModel } from '../../support/vision.ts'

/* The daily scan and the full scan of sweeps. */

const CONFIG = readConfig({})
const FULL: SweepOptions = { walk: 'now', budgetMs: 60_000 }
const SCHEDULED: SweepOptions = { walk: 'when-due', budgetMs: 60_000 }
const HOUR_MS = 3_600_000

const sweepWith = async (options: SweepOptions, changes = {}) =>
  sweep({ ...services(scriptedModel().model), ...changes }, CONFIG, options)

const hours = (count: number) => {
  clock.now = new Date(clock.now.getTime() + count * HOUR_MS)
}

function put(name: string, createdAt = clock.now, generation = '7'): void {
  photos.files.set(name, { bytes: png, contentType: 'image/png', generation })
  Object.assign(photos.files.get(name)!, { createdAt })
}

/** Uploads of many users, whose names are spread evenly. */
function putUploads(count: number): string[] {
  const names = Array.from({ length: count }, (_, i) => `users/${i.toString(36)}/uploads/photo.png`)
  for (const name of names) put(name)
  return names
}

/** A lister with pages of this size. `pages` receives the token of each page. */
function listInPages(size: number, pages: (string | undefined)[] = []): void {
  const { list } = upkeep.objects
  onTestFinished(() => {
    upkeep.objects.list = list
  })
  upkeep.objects.list = async (bucket, prefix, pageToken, range) => {
    pages.push(pageToken)
    const { objects } = await list(bucket, prefix, undefined, range)
    const start = Number(pageToken ?? 0)
    const end = start + size
    const next = objects.length > end ? String(end) : undefined
    return { objects: objects.slice(start, end), nextPageToken: next }
  }
}

/** The ids of the documents that `find` reads from now on. */
function countReads(): string[] {
  const read: string[] = []
  const { find } = upkeep.annotations
  const spy = vi.spyOn(upkeep.annotations, 'find').mockImplementation(async (ids, options) => {
    read.push(...ids)
    return find(ids, options)
  })
  onTestFinished(() => spy.mockRestore())
  return read
}

describe('sweep() runs', () => {
  it('the daily scan each day, and the full scan first, every FULL_SCAN_DAYS, and for an operator', async () => {
    expect(await sweepWith(SCHEDULED)).toMatchObject({ walked: true })
    hours(23)
    const idle = await sweepWith(SCHEDULED)
    expect(idle).not.toHaveProperty('walked')
    expect(idle).not.toHaveProperty('scanned')
    hours(1)
    const daily = await sweepWith(SCHEDULED)
    expect(daily).toMatchObject({ scanned: true })
    expect(daily).not.toHaveProperty('walked')
    hours(28 * 24)
    expect(await sweepWith(SCHEDULED)).not.toHaveProperty('walked')
    hours(24)
    expect(await sweepWith(SCHEDULED)).toMatchObject({ scanned: true, walked: true })
    const now = await sweepWith(FULL)
    expect(now).toMatchObject({ walked: true })
    expect(now).not.toHaveProperty('scanned')
  })

  it('no daily scan before a full scan has finished, and a full scan that an earlier version has not finished', async () => {
    upkeep.values.set('firesightUpkeep/sweep', {
      startedAt: clock.now,
      leasedUntil: null,
      part: 1,
      cursor: 'x',
    })
    put(NAME)
    hours(1)
    expect(await sweepWith(SCHEDULED)).toMatchObject({ queued: 1, walked: true })
    upkeep.values.set('firesightUpkeep/sweep', { startedAt: clock.now, leasedUntil: null })
    hours(24)
    expect(await sweepWith(SCHEDULED)).toMatchObject({ scanned: true })
  })

  it('each scan in one sweep at a time', async () => {
    const { list } = upkeep.objects
    let beside: unknown
    upkeep.objects.list = async (...page) => {
      beside ??= await sweepWith(FULL)
      return list(...page)
    }
    try {
      upload(png)
      expect(await sweepWith(FULL)).toMatchObject({ queued: 1, walked: true })
      expect(beside).not.toHaveProperty('walked')
    } finally {
      upkeep.objects.list = list
    }
  })

  it('a scan whose lease has expired in another sweep, and keeps the progress of that one', async () => {
    putUploads(3)
    listInPages(1)
    hours(1)
    const { list } = upkeep.objects
    let calls = 0
    let progress: unknown
    let other: unknown
    upkeep.objects.list = async (...page) => {
      calls++
      if (calls === 2) {
        hours(1)
        other = await sweepWith(SCHEDULED)
        progress = upkeep.values.get('firesightUpkeep/sweep')
      }
      return list(...page)
    }
    await sweepWith(SCHEDULED)
    expect(other).toMatchObject({ walked: true })
    expect(progress).toMatchObject({ leasedUntil: null, completed: expect.any(Date) })
    expect(upkeep.values.get('firesightUpkeep/sweep')).toBe(progress)
  })
})

describe('the daily scan', () => {
  beforeEach(async () => {
    await sweepWith(FULL)
    hours(24)
  })

  it('reads only the documents of photos with recent objects', async () => {
    const photo = upload(png)
    await annotate(photo)
    const old = 'users/bob/uploads/old.png'
    put(old, new Date(0))
    put(`users/bob/annotations/${imageIdOf('bucket', old)}/7/a/overlay.png`, new Date(0))
    for (const name of [NAME, ...results().filter((path) => path.includes('alice'))])
      Object.assign(photos.files.get(name)!, { createdAt: clock.now })
    hours(2)
    const read = countReads()
    expect(await sweepWith(SCHEDULED)).toMatchObject({ queued: 0, deletedFiles: 0, scanned: true })
    // Once: the scan remembers the document when it finds the upload.
    expect(read).toEqual([photo.imageId])
  })

  it('queues recent uploads without a document or with an older one', async () => {
    const [lost = '', overwritten = ''] = putUploads(2)
    const { imageId } = upload(png, '1')
    await annotate(upload(png, '1'))
    annotations.documents.set(imageIdOf('bucket', overwritten), annotations.documents.get(imageId)!)
    Object.assign(photos.files.get(NAME)!, { createdAt: new Date(0) })
    hours(1)
    expect(await sweepWith(SCHEDULED)).toMatchObject({ queued: 2, scanned: true })
    expect([...upkeep.tasks.values()].map(({ name }) => name)).toEqual([lost, overwritten])
  })

  it('deletes old files of a rerun photo, also if its files are on several pages', async () => {
    const photo = upload(png)
    await annotate(photo)
    const { folder } = resultPaths(photo)
    const replaced = [0, 1, 2, 3].map((i) => `${folder}-earlier/masks/${i}.png`)
    for (const path of replaced) put(path, new Date(0))
    // The only recent file is the last one.
    const last = results().toSorted().at(-1)!
    Object.assign(photos.files.get(last)!, { createdAt: clock.now })
    hours(2)
    listInPages(2)
    expect(await sweepWith(SCHEDULED)).toMatchObject({ deletedFiles: 4, scanned: true })
    expect(results()).not.toContain(replaced[0])
    expect(results()).toContain(last)
  })

  it('continues with the page on which the files of a photo begin', async () => {
    const photo = upload(png)
    await annotate(photo)
    const { folder } = resultPaths(photo)
    for (const i of [0, 1, 2, 3]) put(`${folder}-earlier/masks/${i}.png`, new Date(0))
    const last = results().toSorted().at(-1)!
    Object.assign(photos.files.get(last)!, { createdAt: clock.now })
    hours(2)
    const pages: (string | undefined)[] = []
    listInPages(2, pages)
    const { list } = upkeep.objects
    upkeep.objects.list = async (...page) => {
      if (pages.length === 2) {
        pages.push('failed')
        throw fails('storage-unavailable')
      }
      return list(...page)
    }
    await expect(sweepWith(SCHEDULED)).rejects.toMatchObject({ code: 'storage-unavailable' })
    expect(await sweepWith(SCHEDULED)).toMatchObject({ deletedFiles: 4, scanned: true })
    expect(pages.slice(0, 4)).toEqual([undefined, '2', 'failed', undefined])
  })

  it('moves its watermark only when it has finished', async () => {
    put('users/bob/uploads/lost.png')
    hours(30)
    const broken = { ...upkeep.objects, list: async () => Promise.reject(fails('storage-unavailable')) }
    await expect(sweepWith(SCHEDULED, { upkeep: { ...upkeep, objects: broken } })).rejects.toMatchObject({
      code: 'storage-unavailable',
    })
    hours(72)
    expect(await sweepWith(SCHEDULED)).toMatchObject({ queued: 1, scanned: true })
    upkeep.tasks.clear()
    hours(24)
    // The start of the last complete scan minus 25 hours is later than the upload now.
    expect(await sweepWith(SCHEDULED)).toMatchObject({ queued: 0, scanned: true })
  })

  it('leaves a deleted photo whose event was lost to the full scan', async () => {
    const photo = upload(png)
    await annotate(photo)
    photos.files.delete(NAME)
    hours(2)
    expect(await sweepWith(SCHEDULED)).toMatchObject({ removed: 0, scanned: true })
    hours(30 * 24)
    expect(await sweepWith(SCHEDULED)).toMatchObject({ removed: 1, walked: true })
    expect(annotationOf(photo)).toMatchObject({ status: 'deleted' })
  })

  it('deletes old files of an overwritten photo whose new run has stored none', async () => {
    const old = upload(png, '1')
    await annotate(old)
    const stale = `${resultPaths(old).folder}earlier/overlay.png`
    await annotate(upload(Buffer.from('no image'), '2'))
    expect(annotationOf(old)).toMatchObject({ status: 'rejected', generation: '2' })
    put(stale, new Date(0))
    Object.assign(photos.files.get(NAME)!, { createdAt: clock.now })
    hours(2)
    expect(await sweepWith(SCHEDULED)).toMatchObject({ deletedFiles: 1, scanned: true })
    expect(results()).not.toContain(stale)
  })

  it('leaves a third of the time to a full scan that is due', async () => {
    putUploads(30)
    hours(30 * 24)
    listInPages(1)
    const { list } = upkeep.objects
    let time = 0
    const clockOfProcess = vi.spyOn(performance, 'now').mockImplementation(() => time)
    onTestFinished(() => clockOfProcess.mockRestore())
    upkeep.objects.list = async (...page) => {
      time += 3000
      return list(...page)
    }
    expect(await sweepWith(SCHEDULED)).toMatchObject({ scanned: false, walked: false })
    // Of 60 s for 20 pages.
    expect(upkeep.values.get('firesightUpkeep/daily')).toMatchObject({ segments: [{ cursor: '14' }] })
    expect(upkeep.values.get('firesightUpkeep/sweep')).toMatchObject({ segments: [{ cursor: '6' }] })
  })
})

describe('a scan', () => {
  it('continues with the page where the last sweep stopped', async () => {
    const names = putUploads(15)
    hours(1)
    const pages: (string | undefined)[] = []
    listInPages(10, pages)
    const { list } = upkeep.objects
    upkeep.objects.list = async (...page) => {
      if (pages.length === 1) {
        pages.push('failed')
        throw fails('storage-unavailable')
      }
      return list(...page)
    }
    await expect(sweepWith(SCHEDULED)).rejects.toMatchObject({ code: 'storage-unavailable' })
    expect(upkeep.tasks.size).toBe(10)
    expect(await sweepWith(SCHEDULED)).toMatchObject({ queued: 5, walked: true })
    expect(pages).toEqual([undefined, 'failed', '10'])
    expect(upkeep.tasks.size).toBe(names.length)
  })

  it.each([
    ['the folder of users', 'users/{uid}/uploads/{fileName}'],
    ['a whole bucket', '{path=**}'],
  ])('splits %s into ranges, lists them in parallel and misses no object', async (_, uploadPath) => {
    const names = putUploads(500)
    hours(1)
    listInPages(5)
    const { list } = upkeep.objects
    const ranges = new Set<string>()
    let running = 0
    let mostRunning = 0
    upkeep.objects.list = async (bucket, prefix, pageToken, range) => {
      ranges.add(JSON.stringify(range))
      running++
      mostRunning = Math.max(mostRunning, running)
      await new Promise((resolve) => setImmediate(resolve))
      running--
      return list(bucket, prefix, pageToken, range)
    }
    const config = readConfig({ UPLOAD_PATH: uploadPath })
    const report = await sweep(services(scriptedModel().model), config, SCHEDULED)
    expect(report).toMatchObject({ queued: names.length, walked: true })
    expect(new Set([...upkeep.tasks.values()].map(({ name }) => name))).toEqual(new Set(names))
    expect(ranges.size).toBeGreaterThan(5)
    expect(mostRunning).toBe(8)
  })
})
