import type { CallableRequest } from 'firebase-functions/https'
import * as logger from 'firebase-functions/logger'
import { type Backfill, backfillRequest, startBackfillRequest, sweepNowRequest } from '../api/backfill.ts'
import { OPERATOR_WORK_MS, SWEEP_BUDGET_MS } from '../config/time-limits.ts'
import { VisionError } from '../errors.ts'
import { advanceBackfill, startBackfill, stopBackfill } from '../maintenance/backfill.ts'
import { sweep } from '../maintenance/sweep.ts'
import { handleCall } from './call.ts'

/** The custom claim of who may call these functions: `{ firesightOperator: true }`. */
const CLAIM = 'firesightOperator'

const optionsFor = (name: string) => ({ name, timeoutMs: OPERATOR_WORK_MS, expensive: false })

/** Sweeps now, and goes through all photos. */
export async function handleSweepNow(call: CallableRequest<unknown>) {
  return handleCall(call, sweepNowRequest, optionsFor('sweepNow'), async (_, __, services, config) => {
    checkOperator(call)
    const report = await sweep(services, config, { walk: 'now', budgetMs: SWEEP_BUDGET_MS })
    logger.info('sweep ended', { ...report })
    return report
  })
}

/** Begins a backfill, and goes as far with it as time allows. */
export async function handleStartBackfill(call: CallableRequest<unknown>) {
  return handleCall(
    call,
    startBackfillRequest,
    optionsFor('startBackfill'),
    async (request, { uid }, services, config) => {
      checkOperator(call)
      const id = await startBackfill(request, uid, services)
      const stopAt = performance.now() + SWEEP_BUDGET_MS
      const backfill = await advanceBackfill(id, services, config, () => performance.now() < stopAt)
      return told(id, backfill)
    },
  )
}

/** Stops a backfill. */
export async function handleStopBackfill(call: CallableRequest<unknown>) {
  return handleCall(call, backfillRequest, optionsFor('stopBackfill'), async ({ id }, _, services) => {
    checkOperator(call)
    return told(id, await stopBackfill(id, services))
  })
}

function checkOperator({ auth }: CallableRequest<unknown>): void {
  if (auth?.token[CLAIM] === true) return
  throw new VisionError('operators-only', `Cannot take the call: its caller lacks the claim ${CLAIM}`)
}

/** Without what only workers need. */
function told(id: string, backfill: Backfill) {
  const { cursor: _, leasedUntil: __, startedAt, updatedAt, ...rest } = backfill
  return { id, ...rest, startedAt: startedAt.toISOString(), updatedAt: updatedAt.toISOString() }
}
