import type { Config } from '../config/config.ts'
import { MAX_DEFERRAL_MS, SWEEP_BUDGET_MS } from '../config/time-limits.ts'
import type { Services } from '../ports/services.ts'
import { advanceBackfills } from './backfill.ts'
import { duePhotos } from './due-photos.ts'
import { advanceErasures } from './erasure.ts'
import { ownPhotos } from './own-photos.ts'
import { scan } from './scan.ts'
import { deleteMarkedCopies } from './sweep-copies.ts'
import { emptyReport, queuePhoto, type SweepReport } from './sweep-report.ts'

export type SweepOptions = {
  /**
   * When to scan all objects and documents. `when-due`: once a day, and to continue a scan that ran out of
   * time. `now`: from the beginning.
   */
  walk: 'when-due' | 'now'
  /** Also requeue deferred photos that are not due yet, for example after an invalid key was fixed. */
  allDeferred?: boolean
  /** How long to work, in milliseconds. A page that was started is finished. */
  budgetMs: number
}

/** About as many as the queue dispatches at its usual rate before the next sweep. */
const MAX_REQUEUED = 1000

/**
 * Ensures that every photo reaches a final status, even if events were lost, workers crashed or quota ran
 * out:
 *
 * - Overdue photos (`dueAt`) are queued again: an expired or released lease, a deferral that is over, an
 *   overwrite without an event.
 * - Photos older than RETENTION_DAYS are deleted.
 * - Uploads without a document, or with an older one, are queued.
 * - Documents without an upload are removed with their results.
 * - Result files that no document references are deleted.
 * - Copies of deleted photos at the model service are deleted.
 * - Erasures of users' data are continued, for up to half of the time.
 * - Running backfills are continued.
 *
 * Photos of other instances, in other buckets or paths, are left to their own sweeps.
 *
 * A sweep annotates no photo itself. Queued photos take the same claim as events, so an unnecessary sweep
 * only costs reads.
 */
export async function sweep(
  services: Services,
  config: Config,
  { walk: when, budgetMs, allDeferred = false }: SweepOptions = {
    walk: 'when-due',
    budgetMs: SWEEP_BUDGET_MS,
  },
): Promise<SweepReport> {
  const started = performance.now()
  const stopAt = started + budgetMs
  const hasTime = () => performance.now() < stopAt
  const report = emptyReport()
  await requeueDuePhotos(services, config, report, { hasTime, allDeferred })
  await deleteMarkedCopies(services, report, hasTime)
  const hasTimeToErase = () => performance.now() < started + budgetMs / 2
  Object.assign(report, await advanceErasures(services, config, hasTimeToErase))
  await advanceBackfills(services, config, hasTime)
  const walked = await scan(services, config, report, { fromTheStart: when === 'now', hasTime })
  return walked === undefined ? report : { ...report, walked }
}

/** Queues overdue photos, alternating between their owners. */
async function requeueDuePhotos(
  services: Services,
  config: Config,
  report: SweepReport,
  { hasTime, allDeferred }: { hasTime: () => boolean; allDeferred: boolean },
): Promise<void> {
  const { upkeep, now } = services
  const time = now()
  const until = allDeferred ? new Date(time.getTime() + MAX_DEFERRAL_MS) : time
  const isOwn = ownPhotos(services, config)
  const due = { isOwn, now: until, limit: MAX_REQUEUED, hasTime }
  for (const entry of await duePhotos(upkeep.annotations, due)) {
    const isDue = !entry.dueAt || entry.dueAt <= time
    if (!isDue && entry.status !== 'deferred') continue
    if (!hasTime()) return
    await queuePhoto(entry, `due${entry.dueAt?.getTime() ?? 0}`, time, upkeep.queue, report, 'redriven')
  }
}
