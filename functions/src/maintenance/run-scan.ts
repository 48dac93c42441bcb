import { z } from 'zod'
import { SCAN_LEASE_MS } from '../config/time-limits.ts'
import type { StatePath } from '../document/state-collections.ts'
import type { Services } from '../ports/services.ts'
import { type QueueRoom, queueRoom } from './queue-room.ts'
import { type ScanPart, type Segment, scanSegments, segmentSchema } from './scan-segments.ts'

/** Firestore recommends at most one write per second to a document. Less than a lease. */
const PROGRESS_MS = 10_000

const progressSchema = z.object({
  startedAt: z.date(),
  /** Until when a sweep holds the scan, and which one; null while none does. */
  leasedUntil: z.date().nullable(),
  token: z.string().exactOptional(),
  /** The start of the last scan that finished. */
  completed: z.date().exactOptional(),
  /** Only photos with objects that were created since then are looked up. */
  since: z.date().exactOptional(),
  /** What the parts list. The position is valid only for the same places. */
  places: z.string().exactOptional(),
  /** The current part, and what is left of it. Absent after the scan has finished. */
  part: z.int().min(0).exactOptional(),
  segments: z.array(segmentSchema).exactOptional(),
})

export type Progress = z.infer<typeof progressSchema>

export type Scan = {
  path: StatePath
  /** Whether to start a scan, and since when. */
  start: (found: Progress | undefined) => { since?: Date } | undefined
  restart: boolean
  /** What the parts list, in their order. A scan of other places starts again. */
  places: string
  hasTime: () => boolean
  parts: (since: Date | undefined, room: QueueRoom) => ScanPart[]
}

/** The start of the last scan that finished. */
export function lastCompleted(found: unknown): Date | undefined {
  const { data } = progressSchema.safeParse(found)
  // Versions before the daily scan did not write `completed`.
  return data?.completed ?? (data && data.part === undefined ? data.startedAt : undefined)
}

/** The progress of the scan to continue or to start. Undefined if it is not due, or another sweep holds it. */
export function toBegin(
  { start, restart, places }: Pick<Scan, 'start' | 'restart' | 'places'>,
  value: unknown,
  now: Date,
): Progress | undefined {
  const found = progressSchema.safeParse(value).data
  if (found?.leasedUntil && found.leasedUntil > now) return undefined
  const isKnown = found?.segments !== undefined && found.places === places
  if (isKnown && !restart) return found
  // A position in other places, after a change of UPLOAD_PATH for example, or of an earlier version.
  const isUnknown = found?.part !== undefined && !isKnown
  const due = start(isUnknown ? { ...found, startedAt: new Date(0) } : found)
  if (!due) return undefined
  const { completed } = found ?? {}
  return {
    startedAt: now,
    leasedUntil: null,
    ...(completed && { completed }),
    ...due,
    places,
    part: 0,
    segments: [{}],
  }
}

/**
 * Starts or continues a scan, until the time is up.
 * @returns whether it finished. Undefined if it is not due, or another sweep holds it
 */
export async function runScan(scan: Scan, services: Services): Promise<boolean | undefined> {
  const { upkeep, now, newToken } = services
  const { path, places, hasTime, parts } = scan
  const room = queueRoom(services)
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
  const scanned = parts(since, room)
  let part = begun.part ?? 0
  let segments = new Set<Segment>(begun.segments)
  let writtenAt = now().getTime()
  /** Another sweep may have taken over after the lease. */
  let isHeld = true
  const write = async (holder: Pick<Progress, 'leasedUntil' | 'token'>): Promise<void> => {
    const isFinished = part >= scanned.length
    const done = isFinished ? startedAt : completed
    const progress: Progress = {
      startedAt,
      ...holder,
      ...(done && { completed: done }),
      ...(!isFinished && {
        ...(since && { since }),
        places,
        part,
        segments: Array.from(segments, (one) => ({ ...one })),
      }),
    }
    const written = await upkeep.progress.change<Progress>(path, (value) =>
      progressSchema.safeParse(value).data?.token === token ? progress : undefined,
    )
    if (!written) isHeld = false
    // After the progress, so that a failure of this write does not keep the lease.
    await room.store()
  }
  const afterPage = async () => {
    if (now().getTime() - writtenAt >= PROGRESS_MS) {
      writtenAt = now().getTime()
      await write(held())
    }
    return isHeld
  }
  try {
    while (part < scanned.length && hasTime()) {
      await scanSegments(scanned[part]!, segments, hasTime, afterPage)
      if (segments.size > 0 || !isHeld) break
      part++
      segments = new Set([{}])
    }
  } finally {
    await write({ leasedUntil: null })
  }
  return isHeld && part >= scanned.length
}
