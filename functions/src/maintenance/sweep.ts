import type { Config } from '../config/config.ts'
import { SWEEP_BUDGET_MS } from '../config/time-limits.ts'
import { asVisionError, VisionError } from '../errors.ts'
import type { Services } from '../ports/services.ts'
import { advanceBackfills } from './backfill.ts'
import { advanceErasures } from './erasure.ts'
import { refusalOf } from './refused-deletions.ts'
import { requeueDuePhotos } from './requeue-due-photos.ts'
import { runDailyScan, runFullScan } from './scan.ts'
import { deleteMarkedCopies } from './sweep-copies.ts'
import { emptyReport, type ScheduledReport } from './sweep-report.ts'
import { timeBudget } from './time-budget.ts'

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
 *   overwrite without an event. For up to half of the time, and while the queue has little work.
 * - Photos older than RETENTION_DAYS are deleted.
 * - Uploads without a document, or with an older one, are queued, while the queue has little work.
 * - Documents without an upload are removed with their results, by the full scan.
 * - Result files that no document references are deleted.
 * - Copies of deleted photos at the model service are deleted.
 * - Erasures of users' data are continued, for up to half of the time that is left.
 * - Running backfills are continued, for up to half of the rest.
 *
 * Photos of other instances, in other buckets or paths, are left to their own sweeps.
 *
 * A sweep annotates no photo itself. Queued photos take the same claim as events, so an unnecessary sweep
 * only costs reads.
 *
 * A deletion that Cloud Storage refuses stops nothing. The report counts and describes it.
 */
export async function sweep(
  services: Services,
  config: Config,
  { walk: when, budgetMs, allDeferred = false }: SweepOptions = {
    walk: 'when-due',
    budgetMs: SWEEP_BUDGET_MS,
  },
): Promise<ScheduledReport> {
  const budget = timeBudget(budgetMs)
  const { hasTime } = budget
  const report: ScheduledReport = emptyReport()
  const fromTheStart = allDeferred || when === 'now'
  const failures = await failuresOf([
    async () => {
      const half = budget.share(1 / 2)
      await requeueDuePhotos(services, config, report, { ...half, allDeferred, fromTheStart })
    },
    async () => deleteMarkedCopies(services, report, hasTime),
    async () => {
      Object.assign(report, await advanceErasures(services, config, budget.share(1 / 2).hasTime))
    },
    async () => {
      await advanceBackfills(services, config, budget.share(1 / 2).hasTime)
    },
    async () => {
      // An operator waits for the full scan, which finds all that the daily scan would find.
      if (when === 'now') return
      const isFinished = await runDailyScan(services, config, report, budget)
      if (isFinished !== undefined) report.scanned = isFinished
    },
    async () => {
      const full = { fromTheStart: when === 'now', hasTime }
      const isFinished = await runFullScan(services, config, report, full)
      if (isFinished !== undefined) report.walked = isFinished
    },
  ])
  if (failures.length === 0) return report
  // Without a report, its refused deletions would be lost.
  const refusal = refusalOf(report)
  throw sweepFailure(refusal ? [...failures, refusal] : failures)
}

/**
 * Runs all parts of a sweep, one after another, also if some of them fail. A missing index, for example, stops
 * only the part that needs it.
 */
async function failuresOf(parts: (() => Promise<void>)[]): Promise<unknown[]> {
  const failures: unknown[] = []
  for (const part of parts) await part().catch((error: unknown) => failures.push(error))
  return failures
}

/** The failure; of several a `VisionError` with the code of the first one and all of them as its cause. */
function sweepFailure(failures: unknown[]): unknown {
  if (failures.length === 1) return failures[0]
  const code = asVisionError(failures[0])?.code ?? 'internal'
  const reasons = failures.map((failure) => (failure instanceof Error ? failure.message : String(failure)))
  const message = `Cannot finish the sweep: ${failures.length} of its parts failed: ${reasons.join('; ')}`
  return new VisionError(code, message, { cause: new AggregateError(failures, message) })
}
