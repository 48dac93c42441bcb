import { onTestFinished, vi } from 'vitest'
import { readConfig } from '../../functions/src/config/read-config.ts'
import { type SweepOptions, sweep } from '../../functions/src/maintenance/sweep.ts'
import type { ScheduledReport } from '../../functions/src/maintenance/sweep-report.ts'
import type { Services } from '../../functions/src/ports/services.ts'
import type { ListedObject } from '../../functions/src/ports/upkeep.ts'
import { clock, fails, photos, png, services, upkeep } from './photo-run.ts'
import { scriptedModel } from './vision.ts'

/* Sweeps over the memory stores of photo-run.ts. */

/** Of `sweepNow`: a full scan from the beginning. */
export const FULL: SweepOptions = { walk: 'now', budgetMs: 60_000 }
export const SCHEDULED: SweepOptions = { walk: 'when-due', budgetMs: 60_000 }

export type SweepSetup = {
  /** Environment variables of the configuration. */
  variables?: Record<string, string>
  changes?: Partial<Services>
}

export async function sweepWith(
  options: SweepOptions,
  { variables = {}, changes = {} }: SweepSetup = {},
): Promise<ScheduledReport> {
  return sweep({ ...services(scriptedModel().model), ...changes }, readConfig(variables), options)
}

/** Moves the clock. */
export function minutes(count: number): void {
  clock.now = new Date(clock.now.getTime() + count * 60_000)
}

export function hours(count: number): void {
  minutes(count * 60)
}

/** Adds an object. Without an age, it is created now. */
export function put(name: string, createdAt: Date = clock.now, generation = '7'): void {
  photos.files.set(name, { bytes: png, contentType: 'image/png', generation })
  setCreated(name, createdAt)
}

export function setCreated(name: string, createdAt: Date = clock.now): void {
  Object.assign(photos.files.get(name)!, { createdAt })
}

/** Uploads of many users, whose names are spread evenly. */
export function putUploads(count: number): string[] {
  const names = Array.from({ length: count }, (_, i) => `users/${i.toString(36)}/uploads/photo.png`)
  for (const name of names) put(name)
  return names
}

type List = (typeof upkeep.objects)['list']

/** Replaces the lister until the end of the test. */
export function changeList(change: (list: List) => List): void {
  const { list } = upkeep.objects
  onTestFinished(() => {
    upkeep.objects.list = list
  })
  upkeep.objects.list = change(list)
}

/** A lister with pages of this size. @returns the tokens of the listed pages, filled from now on */
export function listInPages(size: number): (string | undefined)[] {
  const pages: (string | undefined)[] = []
  changeList((list) => async (bucket, prefix, pageToken, range) => {
    pages.push(pageToken)
    const objects: ListedObject[] = []
    let next: string | undefined
    do {
      const page = await list(bucket, prefix, next, range)
      objects.push(...page.objects)
      next = page.nextPageToken
    } while (next !== undefined)
    const start = Number(pageToken ?? 0)
    const end = start + size
    const isLast = objects.length <= end
    return { objects: objects.slice(start, end), nextPageToken: isLast ? undefined : String(end) }
  })
  return pages
}

/** Fails the list request after this number of pages, once. */
export function failPage(pages: (string | undefined)[], after: number): void {
  changeList((list) => async (...page) => {
    if (pages.length === after) {
      pages.push('failed')
      throw fails('storage-unavailable')
    }
    return list(...page)
  })
}

/** The ids of the documents that `find` reads from now on. */
export function countReads(): string[] {
  const read: string[] = []
  const { find } = upkeep.annotations
  const spy = vi.spyOn(upkeep.annotations, 'find').mockImplementation(async (ids, options) => {
    read.push(...ids)
    return find(ids, options)
  })
  onTestFinished(() => spy.mockRestore())
  return read
}

/** The clock of the process, from 0. It stops until the test moves it. */
export function stopProcessClock(): { ms: number } {
  const time = { ms: 0 }
  const spy = vi.spyOn(performance, 'now').mockImplementation(() => time.ms)
  onTestFinished(() => spy.mockRestore())
  return time
}
