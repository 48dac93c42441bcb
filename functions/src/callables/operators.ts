import * as logger from 'firebase-functions/logger'
import { type Backfill, backfillRequest, startBackfillRequest, sweepNowRequest } from '../api/backfill.ts'
import { OPERATOR_WORK_MS, SWEEP_BUDGET_MS } from '../config/time-limits.ts'
import { advanceBackfill, startBackfill, stopBackfill } from '../maintenance/backfill.ts'
import { sweep } from '../maintenance/sweep.ts'
import { auditablePrefix } from './audit-log.ts'
import { callableHandler } from './callable-frame.ts'

const OPTIONS = { timeoutMs: OPERATOR_WORK_MS, operatorsOnly: true }

/** Sweeps at once, including the scan through all photos. */
export const handleSweepNow = callableHandler(
  { ...OPTIONS, name: 'sweepNow', request: sweepNowRequest },
  async ({ allDeferred = false }, { services, config }) => {
    const report = await sweep(services, config, { walk: 'now', allDeferred, budgetMs: SWEEP_BUDGET_MS })
    logger.info('sweep ended', { ...report })
    return report
  },
  {
    request: ({ allDeferred = false }) => ({ allDeferred }),
    counts: (report) => {
      const { refused: _, ...counts } = report
      return counts
    },
  },
)

/** Starts a backfill and advances it until the time is up. Later sweeps continue it. */
export const handleStartBackfill = callableHandler(
  { ...OPTIONS, name: 'startBackfill', request: startBackfillRequest },
  async (request, { uid, services, config }) => {
    const id = await startBackfill(request, uid, services)
    const stopAt = performance.now() + SWEEP_BUDGET_MS
    return toResult(id, await advanceBackfill(id, services, config, () => performance.now() < stopAt))
  },
  {
    request: ({ prefix = '', maxPhotos, retry = false, dryRun = true }, { uploadPath }) => ({
      prefix: auditablePrefix(prefix, uploadPath),
      maxPhotos,
      retry,
      dryRun,
    }),
    counts: countsOf,
  },
)

export const handleStopBackfill = callableHandler(
  { ...OPTIONS, name: 'stopBackfill', request: backfillRequest },
  async ({ id }, { services }) => toResult(id, await stopBackfill(id, services)),
  { request: ({ id }) => ({ id }), counts: countsOf },
)

/** Omits the fields that only workers need. */
function toResult(id: string, backfill: Backfill) {
  const { cursor: _, leasedUntil: __, startedAt, updatedAt, ...rest } = backfill
  return { id, ...rest, startedAt: startedAt.toISOString(), updatedAt: updatedAt.toISOString() }
}

function countsOf({ id, state, seen, photos, estimate }: ReturnType<typeof toResult>) {
  return { id, state, seen, photos, tokens: estimate.tokens }
}
