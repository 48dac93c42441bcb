import { z } from 'zod'
import type { Config } from '../config/config.ts'
import { SCAN_LEASE_MS } from '../config/time-limits.ts'
import type { Services } from '../ports/services.ts'
import { scanDocuments } from './scan-documents.ts'
import { scanObjects } from './scan-objects.ts'
import { scanPlaces } from './scan-places.ts'
import { scanModelFiles } from './sweep-copies.ts'
import type { SweepReport } from './sweep-report.ts'

/** The document with the progress of the scan, so that the next sweep can continue it. */
const PROGRESS = 'upkeep/sweep'
const HOUR_MS = 3600 * 1000
/** A scan reads every document. Once a day is enough, because only lost events leave something to find. */
const PERIOD_MS = 24 * HOUR_MS

const progressSchema = z.object({
  startedAt: z.date(),
  /** Until when a sweep holds the scan; null while none does. */
  leasedUntil: z.date().nullable(),
  /** The current part, and the position in it. Absent after the scan has finished. */
  part: z.int().min(0).optional(),
  cursor: z.string().optional(),
})

type Progress = z.infer<typeof progressSchema>

/** Scans one page. @returns the start of the next page, or undefined at the end */
type ScanPage = (cursor: string | undefined) => Promise<string | undefined>

/**
 * Scans all objects, all documents and all records of model files, page by page, until the time is up.
 * @returns whether the scan finished; undefined if no scan was due, or another sweep holds it
 */
export async function scan(
  services: Services,
  config: Config,
  report: SweepReport,
  { fromTheStart, hasTime }: { fromTheStart: boolean; hasTime: () => boolean },
): Promise<boolean | undefined> {
  const { upkeep, now } = services
  const begun = await upkeep.progress.change<Progress>(PROGRESS, (found) =>
    begin(progressSchema.safeParse(found).data, now(), fromTheStart),
  )
  if (!begun) return undefined
  const { startedAt } = begun
  const pages: ScanPage[] = [
    ...scanPlaces(services.bucket, config).map(
      (place): ScanPage =>
        async (cursor) =>
          scanObjects(place, cursor, services, config, report),
    ),
    async (cursor) => scanDocuments(cursor, services, config, report),
    async (cursor) => scanModelFiles(cursor, services),
  ]
  let { part = 0, cursor } = begun
  const write = async (progress: Progress) => upkeep.progress.change(PROGRESS, () => progress)
  try {
    while (part < pages.length && hasTime()) {
      cursor = await pages[part]!(cursor)
      if (cursor === undefined) part++
      await write({ startedAt, leasedUntil: leaseFrom(now()), part, ...(cursor !== undefined && { cursor }) })
    }
  } finally {
    const isFinished = part >= pages.length
    await write({
      startedAt,
      leasedUntil: null,
      ...(!isFinished && { part, ...(cursor !== undefined && { cursor }) }),
    })
  }
  return part >= pages.length
}

function begin(found: Progress | undefined, now: Date, fromTheStart: boolean): Progress | undefined {
  if (found?.leasedUntil && found.leasedUntil > now) return undefined
  const leasedUntil = leaseFrom(now)
  const isRunning = found?.part !== undefined
  if (isRunning && !fromTheStart) return { ...found, leasedUntil }
  const isDue = !found || now.getTime() - found.startedAt.getTime() >= PERIOD_MS
  return isDue || fromTheStart ? { startedAt: now, leasedUntil, part: 0 } : undefined
}

function leaseFrom(now: Date): Date {
  return new Date(now.getTime() + SCAN_LEASE_MS)
}
