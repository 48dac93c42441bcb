import { imageIdOf } from '../document/storage-paths.ts'
import type { PhotoQueue } from '../ports/upkeep.ts'

/** A photo with a file that could not be deleted. Ids only: names may be personal. */
export type RefusedDeletion = {
  kind: 'upload' | 'results'
  imageId: string
  generation: string
  reason: string
}

/** The counts of one sweep. */
export type SweepReport = {
  /** Overdue photos that were queued again. */
  redriven: number
  /** Queued uploads without a document, or with the document of an older generation. */
  queued: number
  /** Photos that were not queued because they already are in the queue. */
  known: number
  /** Documents of deleted photos that were removed with their results. */
  removed: number
  /** Deleted result files that no document references. */
  deletedFiles: number
  /** Photos that were older than RETENTION_DAYS, deleted with their results. */
  expired: number
  /** Deleted files of the model service that were marked to delete, and those that could not be deleted. */
  deletedCopies: number
  copiesLeft: number
  /** Erasures of users' data that have ended. */
  erased: number
  /** Erasures that failed. Their documents have the error, and a later sweep tries again. */
  erasuresFailed: number
  /** Deletions that Cloud Storage refused, for example because of a hold. A later scan tries again. */
  notDeleted: number
  /** The first of these. Absent if there are none. */
  refused?: RefusedDeletion[]
  /** Whether the full scan finished. Undefined if it was not due. */
  walked?: boolean
}

/** `scanned`: whether the daily scan finished. Undefined if it was not due, and for an operator. */
export type ScheduledReport = SweepReport & { scanned?: boolean }

export function emptyReport(): SweepReport {
  return {
    redriven: 0,
    queued: 0,
    known: 0,
    removed: 0,
    deletedFiles: 0,
    expired: 0,
    deletedCopies: 0,
    copiesLeft: 0,
    erased: 0,
    erasuresFailed: 0,
    notDeleted: 0,
  }
}

const HOUR_MS = 3600 * 1000

/**
 * Queues a photo and counts it. The task id contains the reason (the state of a document, or an upload), so
 * repeated sweeps queue the same reason once. It also contains the hour, so that a task that was dropped
 * after its last attempt blocks no longer than that.
 */
export async function queuePhoto(
  { bucket, name, generation }: { bucket: string; name: string; generation: string },
  reason: string,
  now: Date,
  queue: PhotoQueue,
  report: SweepReport,
  counter: 'redriven' | 'queued',
): Promise<'enqueued' | 'known'> {
  const hour = Math.floor(now.getTime() / HOUR_MS)
  const id = `${imageIdOf(bucket, name)}-${generation}-${reason}-${hour}`
  const outcome = await queue.enqueue({ bucket, name }, id)
  report[outcome === 'known' ? 'known' : counter]++
  return outcome
}
