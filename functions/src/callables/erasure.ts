import * as logger from 'firebase-functions/logger'
import {
  deleteMyDataRequest,
  deleteUserDataRequest,
  type Erasure,
  type ErasureResult,
} from '../api/erasure.ts'
import {
  CALL_WORK_MS,
  ERASURE_CALL_MS,
  OPERATOR_WORK_MS,
  RECENT_SIGN_IN_MS,
  SWEEP_BUDGET_MS,
} from '../config/time-limits.ts'
import { asVisionError, VisionError } from '../errors.ts'
import { advanceErasure, erasureKey, readErasure, requestErasure } from '../maintenance/erasure.ts'
import { type CallContext, callableHandler } from './callable-frame.ts'

/**
 * Deletes all data of the caller. Sweeps continue what a call cannot finish in time. Another call returns the
 * state of the erasure.
 * @throws VisionError `sign-in-too-old`; `confirmation-required` for anonymous users; `calls-exceeded` after
 *   ten erasures in a day
 */
export const handleDeleteMyData = callableHandler(
  { name: 'deleteMyData', request: deleteMyDataRequest, timeoutMs: CALL_WORK_MS, checkRevoked: true },
  async ({ confirm }, context): Promise<ErasureResult> => {
    checkIntent(confirm, context)
    return erase(context.uid, context, ERASURE_CALL_MS)
  },
  { request: () => ({}), counts: countsOf },
)

/** For operators: deletes all data of a user, whose account may be deleted already. */
export const handleDeleteUserData = callableHandler(
  {
    name: 'deleteUserData',
    request: deleteUserDataRequest,
    timeoutMs: OPERATOR_WORK_MS,
    operatorsOnly: true,
  },
  async ({ uid }, context): Promise<ErasureResult> => erase(uid, context, SWEEP_BUDGET_MS),
  { request: ({ uid }) => ({ user: uid }), counts: countsOf },
)

/** A stolen device or token must not be enough to delete everything. */
function checkIntent(
  confirm: string | undefined,
  { signInProvider, signedInAt, services }: Pick<CallContext, 'signInProvider' | 'signedInAt' | 'services'>,
): void {
  if (signInProvider === 'anonymous') {
    if (confirm !== undefined) return
    throw new VisionError('confirmation-required', 'Cannot delete the data: the request has no `confirm`')
  }
  const ageMs = services.now().getTime() - signedInAt.getTime()
  if (ageMs <= RECENT_SIGN_IN_MS) return
  const seconds = Math.round(ageMs / 1000)
  throw new VisionError('sign-in-too-old', `Cannot delete the data: the sign-in was ${seconds} s ago`)
}

async function erase(
  uid: string,
  { uid: requestedBy, services, config }: CallContext,
  budgetMs: number,
): Promise<ErasureResult> {
  const key = erasureKey(uid)
  await requestErasure(uid, requestedBy, services, config)
  const stopAt = performance.now() + budgetMs
  try {
    return toResult(await advanceErasure(key, services, config, () => performance.now() < stopAt))
  } catch (error) {
    const failure = asVisionError(error)
    if (!failure) throw error
    // The erasure is accepted, and a sweep tries again. Its document has the code.
    logger.warn('erasure interrupted', { code: failure.code })
    return toResult(await readErasure(key, services))
  }
}

function toResult({ state, deleted, requestedAt, completedAt }: Erasure): ErasureResult {
  return {
    state,
    deleted,
    requestedAt: requestedAt.toISOString(),
    ...(completedAt && { completedAt: completedAt.toISOString() }),
  }
}

function countsOf({ state, deleted }: ErasureResult) {
  return { state, ...deleted }
}
