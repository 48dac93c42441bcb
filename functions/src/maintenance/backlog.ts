import { z } from 'zod'
import { QUEUE_DISPATCHES_PER_SECOND } from '../config/time-limits.ts'
import { STATE_COLLECTIONS } from '../document/state-collections.ts'
import type { Services } from '../ports/services.ts'
import type { DuePosition } from '../ports/upkeep.ts'

/**
 * Half an hour of work for the queue. Sweeps add no more, because the queue runs its tasks in their order: a
 * photo that becomes due would wait behind all of them.
 */
export const MOST_WAITING = QUEUE_DISPATCHES_PER_SECOND * 1800
/** For due photos. The rest is for scans, so that a backlog of due photos does not stop them. */
export const MOST_WAITING_DUE = MOST_WAITING - 300

const BACKLOG = `${STATE_COLLECTIONS.upkeep}/backlog` as const
const HOUR_MS = 3600 * 1000

const backlogSchema = z.object({
  startedAt: z.date(),
  /** Due photos that were queued since then. */
  queued: z.int().min(0),
  /** Tasks that the queue had not started at `updatedAt`, calculated from its rate: due photos and uploads. */
  waiting: z.number().min(0),
  updatedAt: z.date(),
  /** The last due photo that was queued, behind which the next sweep continues. */
  dueAt: z.date().exactOptional(),
  imageId: z.string().exactOptional(),
})

/** The tasks that sweeps have queued, and their position in the due photos. Stored for the next sweep. */
export type Backlog = z.infer<typeof backlogSchema>

/**
 * The backlog without its position when the queue has had time to run all of its due photos: the photos that
 * are still due are then queued again.
 */
export async function readBacklog({ upkeep }: Services, now: Date): Promise<Backlog> {
  const data = parseBacklog(await upkeep.progress.read(BACKLOG), now)
  const current = withWaiting(data, 0, now)
  const runMs = Math.max(HOUR_MS, (data.queued / QUEUE_DISPATCHES_PER_SECOND) * 1000)
  if (now.getTime() - data.startedAt.getTime() < runMs) return current
  return { startedAt: now, queued: 0, waiting: current.waiting, updatedAt: now }
}

function parseBacklog(found: unknown, now: Date): Backlog {
  return backlogSchema.safeParse(found).data ?? { startedAt: now, queued: 0, waiting: 0, updatedAt: now }
}

/** The backlog after more due photos were queued. */
export function withDue(backlog: Backlog, photos: number, now: Date): Backlog {
  return { ...withWaiting(backlog, photos, now), queued: backlog.queued + photos }
}

/** The backlog after more tasks were queued. The queue has started tasks in the meantime. */
export function withWaiting(backlog: Backlog, tasks: number, now: Date): Backlog {
  const seconds = Math.max(0, now.getTime() - backlog.updatedAt.getTime()) / 1000
  const waiting = Math.max(0, backlog.waiting - seconds * QUEUE_DISPATCHES_PER_SECOND) + tasks
  return { ...backlog, waiting, updatedAt: now }
}

/** @returns undefined without a position */
export function positionOf({ dueAt, imageId }: Partial<DuePosition>): Required<DuePosition> | undefined {
  return dueAt && imageId !== undefined ? { dueAt, imageId } : undefined
}

/** @param added tasks since the last call. Another sweep may have stored its tasks in the meantime */
export async function writeBacklog(backlog: Backlog, added: number, services: Services): Promise<void> {
  await changeBacklog(added, services, ({ waiting, updatedAt }) => ({ ...backlog, waiting, updatedAt }))
}

/** Adds tasks of uploads to the stored backlog. */
export async function addWaiting(tasks: number, services: Services): Promise<void> {
  await changeBacklog(tasks, services, (backlog) => backlog)
}

async function changeBacklog(
  added: number,
  { upkeep, now }: Services,
  change: (current: Backlog) => Backlog,
): Promise<void> {
  await upkeep.progress.change<Backlog>(BACKLOG, (found) =>
    change(withWaiting(parseBacklog(found, now()), added, now())),
  )
}
