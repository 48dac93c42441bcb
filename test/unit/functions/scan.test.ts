import { describe, expect, it } from 'vitest'
import { clock, NAME, png, upkeep, upload } from '../../support/photo-run.ts'
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

/* When sweeps run their scans, and how a scan divides and continues its work. */

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
    let beside: unknown
    changeList((list) => async (...page) => {
      beside ??= await sweepWith(FULL)
      return list(...page)
    })
    upload(png)
    expect(await sweepWith(FULL)).toMatchObject({ queued: 1, walked: true })
    expect(beside).not.toHaveProperty('walked')
  })

  it('a scan whose lease has expired in another sweep, and keeps the progress of that one', async () => {
    putUploads(3)
    listInPages(1)
    hours(1)
    let calls = 0
    let progress: unknown
    let other: unknown
    changeList((list) => async (...page) => {
      calls++
      if (calls === 2) {
        hours(1)
        other = await sweepWith(SCHEDULED)
        progress = upkeep.values.get('firesightUpkeep/sweep')
      }
      return list(...page)
    })
    await sweepWith(SCHEDULED)
    expect(other).toMatchObject({ walked: true })
    expect(progress).toMatchObject({ leasedUntil: null, completed: expect.any(Date) })
    expect(upkeep.values.get('firesightUpkeep/sweep')).toBe(progress)
  })
})

describe('a scan', () => {
  it('continues with the page where the last sweep stopped', async () => {
    const names = putUploads(15)
    hours(1)
    const pages = listInPages(10)
    failPage(pages, 1)
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
    const ranges = new Set<string>()
    let running = 0
    let mostRunning = 0
    changeList((list) => async (bucket, prefix, pageToken, range) => {
      ranges.add(JSON.stringify(range))
      running++
      mostRunning = Math.max(mostRunning, running)
      await new Promise((resolve) => setImmediate(resolve))
      running--
      return list(bucket, prefix, pageToken, range)
    })
    const report = await sweepWith(SCHEDULED, { variables: { UPLOAD_PATH: uploadPath } })
    expect(report).toMatchObject({ queued: names.length, walked: true })
    expect(new Set([...upkeep.tasks.values()].map(({ name }) => name))).toEqual(new Set(names))
    expect(ranges.size).toBeGreaterThan(5)
    expect(mostRunning).toBe(8)
  })
})
