import { z } from 'zod'
import type { Config } from '../config/config.ts'
import { DAILY_SCAN_MS, SCAN_LEASE_MS, SCAN_OVERLAP_MS } from '../config/time-limits.ts'
import { STATE_COLLECTIONS, type StatePath } from '../document/state-collections.ts'
import type { Services } from '../ports/services.ts'
import { scanDocuments } from './scan-documents.ts'
import { objectScanner } from './scan-objects.ts'
import { scanPlaces } from './scan-places.ts'
import { type ScanPart, type Segment, scanSegments, segmentSchema } from './scan-segments.ts'
import { scanModelFiles } from './sweep-copies.ts'
import type { SweepReport } from './sweep-report.ts'
import type { TimeBudget } from './time-budget.ts'

/** The documents with the progress of the scans, so that the next sweep can continue them. */
const FULL = `${STATE_COLLECTIONS.upkeep}/sweep` as const
const DAILY = `${STATE_COLLECTIONS.upkeep}/daily` as const
const DAY_MS = 24 * 3600 * 1000
/** Firestore recommends at most one write per second to a document. Less than a lease. */
const PROGRESS_MS = 10_000
/** Of the time of a sweep, if the full scan is due too. A daily scan that takes a day would take all of it. */
const DAILY_SHARE = 2 / 3

const progressSchema = z.object({
  startedAt: z.date(),
  /** Until when a sweep holds the scan, and which one; null while none does. */
  leasedUntil: z.date().nullable(),
  token: z.string().exactOptional(),
  /** The start of the last scan that finished. */
  completed: z.date().exactOptional(),
  /** Only photos with objects that were created since then are looked up. */
  since: z.date().exactOptional(),
  /** The current part, and what is left of it. Absent after the scan has finished. */
  part: z.int().min(0).exactOptional(),
  segments: z.array(segmentSchema).exactOptional(),
})

type Progress = z.infer<typeof progressSchema>

type Scan = {
  path: StatePath
  /** Whether to start a scan, and since when. */
  start: (found: Progress | undefined) => { since?: Date } | undefined
  restart: boolean
  hasTime: () => boolean
  parts: (since: Date | undefined) => ScanPart[]
}

/** `daily`, `full`: whether the scan finished. Undefined if it was not due, or another sweep holds it. */
export type Scanned = { daily: boolean | undefined; full: boolean | undefined }

/**
 * Runs the scans that are due, until the time is up:
 *
 * - The daily scan lists all objects, and looks up only photos with objects that were created since the last
 *   complete scan. Its reads grow with the traffic.
 * - The full scan, every FULL_SCAN_DAYS, also looks up all other photos, and all documents.
 *
 * @param fullNow starts a full scan from the beginning
 */
export async function runScans(
  services: Services,
  config: Config,
  report: SweepReport,
  { fullNow, budget }: { fullNow: boolean; budget: TimeBudget },
): Promise<Scanned> {
  const time = services.now().getTime()
  const objects = (since: Date | undefined, hasTime: () => boolean): ScanPart[] =>
    scanPlaces(services.bucket, config).map(objectScanner(since, services, config, report, hasTime))
  const documents: ScanPart = {
    prefix: '',
    begin: () => async (segment, cursor) => scanDocuments(segment, cursor, services, config, report),
  }
  const modelFiles: ScanPart = { begin: () => async (_, cursor) => scanModelFiles(cursor, services) }
  const full: Scan = {
    path: FULL,
    hasTime: budget.hasTime,
    start: (found) =>
      fullNow || !found || time - found.startedAt.getTime() >= config.fullScanDays * DAY_MS ? {} : undefined,
    restart: fullNow,
    parts: () => [...objects(undefined, budget.hasTime), documents, modelFiles],
  }
  const fullFound = fullNow ? undefined : await services.upkeep.progress.read(FULL)
  const fullCompleted = lastCompleted(fullFound)
  const isFullDue = !fullNow && toBegin(full, fullFound, services.now()) !== undefined
  const { hasTime } = isFullDue ? budget.share(DAILY_SHARE) : budget
  const daily: Scan = {
    path: DAILY,
    hasTime,
    start: (found) => {
      const last = Math.max(found?.completed?.getTime() ?? 0, fullCompleted?.getTime() ?? 0)
      const lastStart = Math.max(found?.startedAt.getTime() ?? 0, fullCompleted?.getTime() ?? 0)
      // Before the first full scan there is nothing to compare with.
      if (last === 0 || time - lastStart < DAILY_SCAN_MS) return undefined
      return { since: new Date(last - SCAN_OVERLAP_MS) }
    },
    restart: false,
    parts: (since) => [...objects(since, hasTime), modelFiles],
  }
  // An operator waits for the full scan, which finds all that the daily scan would find.
  const dailyEnd = fullNow ? undefined : await run(daily, services)
  return { daily: dailyEnd, full: await run(full, services) }
}

/** The start of the last full scan that finished. */
function lastCompleted(found: unknown): Date | undefined {
  const { data } = progressSchema.safeParse(found)
  // Versions before the daily scan did not write `completed`.
  return data?.completed ?? (data && data.part === undefined ? data.startedAt : undefined)
}

/** The progress of the scan to continue or to start. Undefined if it is not due, or another sweep holds it. */
function toBegin({ start, restart }: Scan, value: unknown, now: Date): Progress | undefined {
  const found = progressSchema.safeParse(value).data
  if (found?.leasedUntil && found.leasedUntil > now) return undefined
  if (found?.segments && !restart) return found
  // A scan of an earlier version, which stored its position in another way, starts again.
  const isUnknown = found?.part !== undefined && !found.segments
  const due = start(isUnknown ? { ...found, startedAt: new Date(0) } : found)
  if (!due) return undefined
  const { completed } = found ?? {}
  return {
    startedAt: now,
    leasedUntil: null,
    ...(completed && { completed }),
    ...due,
    part: 0,
    segments: [{}],
  }
}

async function run(scan: Scan, { upkeep, now, newToken }: Services): Promise<boolean | undefined> {
  const { path, hasTime, parts } = scan
  const token = newToken()
  const held = (): Pick<Progress, 'leasedUntil' | 'token'> => ({
    leasedUntil: new Date(now().getTime() + SCAN_LEASE_MS),
    token,
  })
  const begun = await upkeep.progress.change<Progress>(path, (value) => {
    const progress = toBegin(scan, value, now())
    return progress && { ...progress, ...held() }
  })
  if (!begun) return undefined

  const { startedAt, completed, since } = begun
  const scanned = parts(since)
  let part = begun.part ?? 0
  let segments = new Set<Segment>(begun.segments)
  let writtenAt = now().getTime()
  /** Another sweep may have taken over after the lease. @returns whether this one still holds the scan */
  const write = async (holder: Pick<Progress, 'leasedUntil' | 'token'>): Promise<boolean> => {
    const isFinished = part >= scanned.length
    const done = isFinished ? startedAt : completed
    const progress: Progress = {
      startedAt,
      ...holder,
      ...(done && { completed: done }),
      ...(!isFinished && {
        ...(since && { since }),
        part,
        segments: Array.from(segments, (one) => ({ ...one })),
      }),
    }
    const written = await upkeep.progress.change<Progress>(path, (value) =>
      progressSchema.safeParse(value).data?.token === token ? progress : undefined,
    )
    return written !== undefined
  }
  const afterPage = async () => {
    if (now().getTime() - writtenAt < PROGRESS_MS) return true
    writtenAt = now().getTime()
    return write(held())
  }
  try {
    while (part < scanned.length && hasTime()) {
      await scanSegments(scanned[part]!, segments, hasTime, afterPage)
      if (segments.size > 0) break
      part++
      segments = new Set([{}])
    }
  } finally {
    await write({ leasedUntil: null })
  }
  return part >= scanned.length
}
