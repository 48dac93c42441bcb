import { beforeEach, describe, expect, it } from 'vitest'
import { imageIdOf, resultPaths } from '../../../functions/src/document/storage-paths.ts'
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
  upkeep,
  upload,
} from '../../support/photo-run.ts'
import {
  changeList,
  countReads,
  FULL,
  failPage,
  hours,
  listInPages,
  put,
  putUploads,
  SCHEDULED,
  setCreated,
  stopProcessClock,
  sweepWith,
} from '../../support/sweep-run.ts'

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
    for (const name of [NAME, ...results().filter((path) => path.includes('alice'))]) setCreated(name)
    hours(2)
    const read = countReads()
    expect(await sweepWith(SCHEDULED)).toMatchObject({ queued: 0, deletedFiles: 0, scanned: true })
    // Once: the scan remembers the document when it finds the upload.
    expect(read).toEqual([photo.imageId])
  })

  it('reads each document once, and deletes orphans, also if the results are in another bucket', async () => {
    const photo = upload(png)
    await annotate(photo)
    const replaced = `${resultPaths(photo).folder}earlier/masks/0.png`
    put(replaced, new Date(0))
    for (const name of [NAME, ...results().filter((path) => path !== replaced)]) setCreated(name)
    changeList((list) => async (bucket, ...rest) => {
      const page = await list(bucket, ...rest)
      const isResult = ({ name }: { name: string }) => name.includes('/annotations/')
      return { ...page, objects: page.objects.filter((one) => isResult(one) === (bucket === 'results')) }
    })
    hours(2)
    const read = countReads()
    const report = await sweepWith(SCHEDULED, { variables: { OUTPUT_BUCKET: 'results' } })
    expect(report).toMatchObject({ queued: 0, deletedFiles: 1, scanned: true })
    expect(results()).not.toContain(replaced)
    expect(read).toEqual([photo.imageId])
  })

  it('queues recent uploads without a document or with an older one', async () => {
    const [lost = '', overwritten = ''] = putUploads(2)
    const { imageId } = upload(png, '1')
    await annotate(upload(png, '1'))
    annotations.documents.set(imageIdOf('bucket', overwritten), annotations.documents.get(imageId)!)
    setCreated(NAME, new Date(0))
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
    setCreated(last)
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
    setCreated(last)
    hours(2)
    const pages = listInPages(2)
    failPage(pages, 2)
    await expect(sweepWith(SCHEDULED)).rejects.toMatchObject({ code: 'storage-unavailable' })
    expect(await sweepWith(SCHEDULED)).toMatchObject({ deletedFiles: 4, scanned: true })
    expect(pages.slice(0, 4)).toEqual([undefined, '2', 'failed', undefined])
  })

  it('moves its watermark only when it has finished', async () => {
    put('users/bob/uploads/lost.png')
    hours(30)
    const broken = { ...upkeep.objects, list: async () => Promise.reject(fails('storage-unavailable')) }
    await expect(
      sweepWith(SCHEDULED, { changes: { upkeep: { ...upkeep, objects: broken } } }),
    ).rejects.toMatchObject({
      code: 'storage-unavailable',
    })
    hours(72)
    expect(await sweepWith(SCHEDULED)).toMatchObject({ queued: 1, scanned: true })
    upkeep.tasks.clear()
    hours(24)
    // The start of the last complete scan minus 25 hours is later than the upload now.
    expect(await sweepWith(SCHEDULED)).toMatchObject({ queued: 0, scanned: true })
  })

  it('keeps its watermark when it fails, and does not stop a full scan that is due', async () => {
    expect(await sweepWith(SCHEDULED)).toMatchObject({ scanned: true })
    const completed = clock.now
    hours(30 * 24)
    put('users/bob/uploads/lost.png')
    hours(1)
    failPage(listInPages(10), 0)
    await expect(sweepWith(SCHEDULED)).rejects.toMatchObject({
      code: 'storage-unavailable',
      message: 'scripted',
    })
    expect(upkeep.values.get('firesightUpkeep/daily')).toMatchObject({
      completed,
      leasedUntil: null,
      segments: [{}],
    })
    expect(upkeep.values.get('firesightUpkeep/sweep')).toMatchObject({ completed: clock.now })
    expect(upkeep.tasks.size).toBe(1)
    expect(await sweepWith(SCHEDULED)).toMatchObject({ scanned: true, known: 1 })
    expect(upkeep.values.get('firesightUpkeep/daily')).toMatchObject({ completed: clock.now })
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
    setCreated(NAME)
    hours(2)
    expect(await sweepWith(SCHEDULED)).toMatchObject({ deletedFiles: 1, scanned: true })
    expect(results()).not.toContain(stale)
  })

  it('leaves a third of the time to a full scan that is due', async () => {
    putUploads(30)
    hours(30 * 24)
    listInPages(1)
    const time = stopProcessClock()
    changeList((list) => async (...page) => {
      time.ms += 3000
      return list(...page)
    })
    expect(await sweepWith(SCHEDULED)).toMatchObject({ scanned: false, walked: false })
    // Of 60 s for 20 pages.
    expect(upkeep.values.get('firesightUpkeep/daily')).toMatchObject({ segments: [{ cursor: '14' }] })
    expect(upkeep.values.get('firesightUpkeep/sweep')).toMatchObject({ segments: [{ cursor: '6' }] })
  })
})
