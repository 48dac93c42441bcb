import type { Config } from '../config/config.ts'
import { SWEEP_BUDGET_MS } from '../config/time-limits.ts'
import type { Services } from '../ports/services.ts'
import { advanceBackfills } from './backfill.ts'
import { advanceErasures } from './erasure.ts'
import { requeueDuePhotos } from './requeue-due-photos.ts'
import { runScans } from './scan.ts'
import { deleteMarkedCopies } from './sweep-copies.ts'
import { emptyReport, type ScheduledReport } from './sweep-report.ts'

export type SweepOptions = {
  /**
   * `when-due`: the daily scan, the full scan every FULL_SCAN_DAYS, and scans that ran out of time. `now`: a
   * full scan from the beginning.
   */
  walk: 'when-due' | 'now'
  /** Also requeue deferred photos that are not due yet, for example after an invalid key was fixed. */
  allDeferred?: boolean
  /** How long to work, in milliseconds. A page that was started is finished. */
  budgetMs: number
}

/**
 * Ensures that every photo reaches a final status, even if events were lost, workers crashed or quota ran
 * out:
 *
 * - Overdue photos (`dueAt`) are queued again: an expired or released lease, a deferral that is over, an
 *   overwrite without an event.
 * - Photos older than RETENTION_DAYS are deleted.
 * - Uploads without a document, or with an older one, are queued.
 * - Documents without an upload are removed with their results, by the full scan.
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
): Promise<ScheduledReport> {
  const started = performance.now()
  const stopAt = started + budgetMs
  const hasTime = () => performance.now() < stopAt
  const report = emptyReport()
  const fromTheStart = allDeferred || when === 'now'
  await requeueDuePhotos(services, config, report, { hasTime, allDeferred, fromTheStart })
  await deleteMarkedCopies(services, report, hasTime)
  const hasTimeToErase = () => performance.now() < started + budgetMs / 2
  Object.assign(report, await advanceErasures(services, config, hasTimeToErase))
  await advanceBackfills(services, config, hasTime)
  const { daily, full } = await runScans(services, config, report, { fullNow: when === 'now', hasTime })
  return {
    ...report,
    ...(daily !== undefined && { scanned: daily }),
    ...(full !== undefined && { walked: full }),
  }
}
