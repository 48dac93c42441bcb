import type { Config } from '../config/config.ts'
import { SWEEP_BUDGET_MS } from '../config/time-limits.ts'
import type { Services } from '../ports/services.ts'
import { advanceBackfills } from './backfill.ts'
import { redriveDue } from './redrive-due.ts'
import { emptyReport, type SweepReport } from './sweep-report.ts'
import { walk } from './walk.ts'

export type SweepOptions = {
  /** `when-due`: once a day, and on where the last sweep ran out of time. `now`: from the beginning. */
  walk: 'when-due' | 'now'
  /** Also photos that wait as `deferred` and are not due yet: whoever has mended what they wait for need not wait too. */
  allDeferred?: boolean
  /** How long it may take, in milliseconds. A step that has begun is ended. */
  budgetMs: number
}

/**
 * Brings every photo to its end that nothing else brings there: events are lost after a day, workers die, photos wait for quota.
 *
 * - Photos that should have ended (`dueAt`): a lease that ran out, a claim that was given back, a deferral that is over, an overwrite whose event
 *   never came. They are queued.
 * - Uploads without a document, or with an older one: queued.
 * - Documents without an upload: removed with their results.
 * - Result files that no document names: deleted.
 * - Backfills that are running: gone on with.
 *
 * It runs no photo itself, and whatever it queues is run under the same claim as an event, so that a sweep too many costs reads and no more.
 */
export async function sweep(
  services: Services,
  config: Config,
  { walk: when, budgetMs, allDeferred = false }: SweepOptions = {
    walk: 'when-due',
    budgetMs: SWEEP_BUDGET_MS,
  },
): Promise<SweepReport> {
  const stopAt = performance.now() + budgetMs
  const hasTime = () => performance.now() < stopAt
  const report = emptyReport()
  await redriveDue(services, report, { hasTime, allDeferred })
  await advanceBackfills(services, config, hasTime)
  const walked = await walk(services, config, report, { fromTheStart: when === 'now', hasTime })
  return walked === undefined ? report : { ...report, walked }
}
