import { describe, expect, it } from 'vitest'
import { clock, upkeep } from '../../support/photo-run.ts'
import {
  changeList,
  FULL,
  failPage,
  hours,
  listInPages,
  put,
  putUploads,
  SCHEDULED,
  sweepWith,
} from '../../support/sweep-run.ts'

/* A scan that was interrupted, and continues after a parameter has changed what it lists. */

/** The buckets, prefixes and page tokens that are listed from now on. */
function listed(): string[] {
  const pages: string[] = []
  changeList((list) => async (bucket, prefix, token, range) => {
    pages.push(`${bucket}/${prefix} ${token ?? 'start'}`)
    return list(bucket, prefix, token, range)
  })
  return pages
}

describe('an interrupted full scan', () => {
  it.each([
    ['OUTPUT_BUCKET', { OUTPUT_BUCKET: 'results' }, ['results/users/ start', 'results/users/ 10']],
    ['IMAGES_COLLECTION', { IMAGES_COLLECTION: 'pictures' }, ['bucket/users/ start', 'bucket/users/ 10']],
  ])('starts again after %s has changed', async (_, variables, first) => {
    putUploads(15)
    hours(1)
    failPage(listInPages(10), 1)
    await expect(sweepWith(SCHEDULED)).rejects.toMatchObject({ code: 'storage-unavailable' })
    const pages = listed()
    expect(await sweepWith(SCHEDULED, { variables })).toMatchObject({ walked: true })
    expect(pages.slice(0, 2)).toEqual(first)
    expect(upkeep.values.get('firesightUpkeep/sweep')).toMatchObject({ completed: clock.now })
  })

  it('starts again after UPLOAD_PATH has changed, also if no full scan is due', async () => {
    const before = { variables: { UPLOAD_PATH: 'albums/{uid}/{fileName}' } }
    await sweepWith(FULL, before)
    for (let i = 0; i < 15; i++) put(`albums/bob/${i}.png`)
    hours(1)
    failPage(listInPages(10), 2)
    await expect(sweepWith(FULL, before)).rejects.toMatchObject({ code: 'storage-unavailable' })
    const pages = listed()
    expect(await sweepWith(SCHEDULED)).toMatchObject({ walked: true })
    expect(pages).toEqual(['bucket/users/ start'])
  })

  it('continues if no place has changed', async () => {
    putUploads(15)
    hours(1)
    failPage(listInPages(10), 1)
    await expect(sweepWith(SCHEDULED)).rejects.toMatchObject({ code: 'storage-unavailable' })
    const pages = listed()
    expect(await sweepWith(SCHEDULED, { variables: { RETENTION_DAYS: '30' } })).toMatchObject({
      walked: true,
    })
    expect(pages).toEqual(['bucket/users/ 10'])
  })
})

describe('an interrupted daily scan', () => {
  it('starts again after UPLOAD_PATH has changed, and finds uploads before its old position', async () => {
    const before = { variables: { UPLOAD_PATH: 'albums/{uid}/{fileName}' } }
    const after = { variables: { UPLOAD_PATH: 'photos/{uid}/{fileName}' } }
    await sweepWith(FULL, before)
    const completed = clock.now
    hours(24)
    for (let i = 0; i < 15; i++) put(`albums/bob/${i}.png`)
    hours(1)
    const pages = listInPages(10)
    failPage(pages, 2)
    await expect(sweepWith(SCHEDULED, before)).rejects.toMatchObject({ code: 'storage-unavailable' })
    expect(upkeep.values.get('firesightUpkeep/daily')).toMatchObject({ segments: [{ cursor: '10' }] })
    const lost = 'photos/bob/lost.png'
    put(lost)
    hours(1)
    expect(await sweepWith(SCHEDULED, after)).toMatchObject({ queued: 1, scanned: true })
    expect([...upkeep.tasks.values()].map(({ name }) => name)).toContain(lost)
    expect(upkeep.values.get('firesightUpkeep/daily')).toMatchObject({ completed: clock.now })
    expect(completed).not.toEqual(clock.now)
  })
})
