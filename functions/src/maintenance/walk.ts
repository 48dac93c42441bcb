import { z } from 'zod'
import type { Config } from '../config/config.ts'
import { WALK_LEASE_MS } from '../config/time-limits.ts'
import type { Services } from '../ports/services.ts'
import type { SweepReport } from './sweep-report.ts'
import { walkDocuments } from './walk-documents.ts'
import { walkObjects } from './walk-objects.ts'
import { walksOf } from './walks-of.ts'

/** Where the walk stands, so that the next sweep goes on there. */
const PROGRESS = 'upkeep/sweep'
const HOUR_MS = 3600 * 1000
/** A walk reads every document: once a day is enough for what only lost events leave. */
const PERIOD_MS = 24 * HOUR_MS

const progressSchema = z.object({
  startedAt: z.date(),
  /** Until when another sweep is walking; null when none is. */
  leasedUntil: z.date().nullable(),
  /** Which part of the walk, and where in it. Absent once all was walked. */
  part: z.int().min(0).optional(),
  cursor: z.string().optional(),
})

type Progress = z.infer<typeof progressSchema>

/** One page of a part of the walk. @returns where the next page begins, or undefined at the end */
export type WalkPage = (cursor: string | undefined) => Promise<string | undefined>

/**
 * Walks through all objects and all documents, a page at a time, as far as time allows.
 * @returns whether it came to the end; undefined if no walk was due, or another sweep is at it
 */
export async function walk(
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
  const pages: WalkPage[] = [
    ...walksOf(services.bucket, config).map(
      (place): WalkPage =>
        async (cursor) =>
          walkObjects(place, cursor, services, config, report),
    ),
    async (cursor) => walkDocuments(cursor, services, report),
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
    const isWhole = part >= pages.length
    await write({
      startedAt,
      leasedUntil: null,
      ...(!isWhole && { part, ...(cursor !== undefined && { cursor }) }),
    })
  }
  return part >= pages.length
}

function begin(found: Progress | undefined, now: Date, fromTheStart: boolean): Progress | undefined {
  if (found?.leasedUntil && found.leasedUntil > now) return undefined
  const leasedUntil = leaseFrom(now)
  const isUnderWay = found?.part !== undefined
  if (isUnderWay && !fromTheStart) return { ...found, leasedUntil }
  const isDue = !found || now.getTime() - found.startedAt.getTime() >= PERIOD_MS
  return isDue || fromTheStart ? { startedAt: now, leasedUntil, part: 0 } : undefined
}

function leaseFrom(now: Date): Date {
  return new Date(now.getTime() + WALK_LEASE_MS)
}
