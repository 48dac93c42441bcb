import { z } from 'zod'
import { QUEUE_DISPATCHES_PER_SECOND } from '../config/time-limits.ts'
import { STATE_COLLECTIONS } from '../document/state-collections.ts'
import type { Services } from '../ports/services.ts'
import type { DuePosition } from '../ports/upkeep.ts'

const BACKLOG = `${STATE_COLLECTIONS.upkeep}/backlog` as const
const HOUR_MS = 3600 * 1000

const backlogSchema = z.object({
  startedAt: z.date(),
  /** Tasks that were queued since then. */
  queued: z.int().min(0),
  /** Tasks that the queue had not started at `updatedAt`, calculated from its rate. */
  waiting: z.number().min(0),
  updatedAt: z.date(),
  /** The last due photo that was queued, behind which the next sweep continues. */
  dueAt: z.date().exactOptional(),
  imageId: z.string().exactOptional(),
})

/** The tasks that sweeps have queued, and their position in the due photos. Stored for the next sweep. */
export type Backlog = z.infer<typeof backlogSchema>

/**
 * The backlog without its position when the queue has had time to run all of its photos: the photos that are
 * still due are then queued again.
 */
export async function readBacklog({ upkeep }: Services, now: Date): Promise<Backlog> {
  const { data } = backlogSchema.safeParse(await upkeep.progress.read(BACKLOG))
  if (!data) return { startedAt: now, queued: 0, waiting: 0, updatedAt: now }
  const current = withQueued(data, 0, now)
  const runMs = Math.max(HOUR_MS, (data.queued / QUEUE_DISPATCHES_PER_SECOND) * 1000)
  if (now.getTime() - data.startedAt.getTime() < runMs) return current
  return { startedAt: now, queued: 0, waiting: current.waiting, updatedAt: now }
}

/** The backlog after more tasks were queued. The queue has started tasks in the meantime. */
export function withQueued(backlog: Backlog, tasks: number, now: Date): Backlog {
  const seconds = Math.max(0, now.getTime() - backlog.updatedAt.getTime()) / 1000
  return {
    ...backlog,
    queued: backlog.queued + tasks,
    waiting: Math.max(0, backlog.waiting - seconds * QUEUE_DISPATCHES_PER_SECOND) + tasks,
    updatedAt: now,
  }
}

/** @returns undefined without a position */
export function positionOf({ dueAt, imageId }: Partial<DuePosition>): Required<DuePosition> | undefined {
  return dueAt && imageId !== undefined ? { dueAt, imageId } : undefined
}

export async function writeBacklog(backlog: Backlog, { upkeep }: Services): Promise<void> {
  await upkeep.progress.change<Backlog>(BACKLOG, () => backlog)
}
