import { createHash } from 'node:crypto'
import { type Erasure, erasureSchema } from '../api/erasure.ts'
import type { Config } from '../config/config.ts'
import {
  ERASURE_LEASE_MS,
  ERASURE_RETRY_MS,
  ERASURE_SLICE_MS,
  ERASURE_VERIFY_MS,
} from '../config/time-limits.ts'
import { STATE_COLLECTIONS, type StatePath } from '../document/state-collections.ts'
import { asVisionError, VisionError } from '../errors.ts'
import type { Services } from '../ports/services.ts'
import { DAY_MS, dayOf, msUntilTomorrow } from '../quota/day.ts'
import { ERASURE_PARTS, type ErasedPage } from './erase-page.ts'

const COLLECTION = STATE_COLLECTIONS.erasures
const KEPT_MS = 30 * DAY_MS
/** A finished erasure costs about twenty operations, also if there is nothing to delete. */
const OWN_REQUESTS_PER_DAY = 10
/** Of one sweep. Each takes less than a second if there is nothing to delete. */
const MAX_PER_SWEEP = 500

/** One document a user: the key is a hash, since a user id may contain any character. */
export function erasureKey(uid: string): string {
  return createHash('sha256').update(uid).digest('hex')
}

const pathOf = (key: string): StatePath => `${COLLECTION}/${key}`

/**
 * Requests the deletion of all data that a user has stored until now. Deletes nothing yet. While an erasure
 * is running, another request changes nothing. While it is verifying, a request extends it to what was stored
 * since.
 * @throws VisionError `calls-exceeded` if the user has requested too many erasures today; `invalid-request`
 *   if photos have no owners
 */
export async function requestErasure(
  uid: string,
  requestedBy: string,
  { upkeep, now }: Services,
  { uploadPath }: Pick<Config, 'uploadPath'>,
): Promise<void> {
  if (!uploadPath.split('/').includes('{uid}')) {
    throw new VisionError('invalid-request', 'Cannot delete the data of a user: UPLOAD_PATH has no {uid}')
  }
  await upkeep.progress.change<Erasure>(pathOf(erasureKey(uid)), (found) => {
    const known = erasureSchema.safeParse(found).data
    if (known?.state === 'running') return undefined
    return newErasure(uid, requestedBy, known, now())
  })
}

function newErasure(uid: string, requestedBy: string, known: Erasure | undefined, time: Date): Erasure {
  const day = dayOf(time)
  const earlier = known?.ownRequests.day === day ? known.ownRequests.count : 0
  const isOwn = requestedBy === uid
  if (isOwn && earlier >= OWN_REQUESTS_PER_DAY) {
    const message = `Cannot delete the data again: ${earlier} erasures were requested today`
    throw new VisionError('calls-exceeded', message, { retryAfterMs: msUntilTomorrow(time) })
  }
  const extended = known?.state === 'verifying' ? known.deleted : undefined
  return {
    state: 'running',
    uid,
    requestedBy,
    requestedAt: time,
    completedAt: null,
    deleted: extended ?? { photos: 0, documents: 0, files: 0, modelFiles: 0 },
    error: null,
    part: 0,
    cursor: null,
    leaseToken: null,
    leasedUntil: null,
    ownRequests: { day, count: earlier + (isOwn ? 1 : 0) },
    dueAt: time,
    updatedAt: time,
    expireAt: after(time, KEPT_MS),
  }
}

/**
 * Advances an erasure page by page, until the time is up. Pages can be repeated after a crash.
 * @returns the erasure; as it is if another function advances it, or its second pass is not due
 * @throws VisionError `invalid-request` if there is no erasure; any failure of a store. Then a later sweep
 *   tries again.
 */
export async function advanceErasure(
  key: string,
  services: Services,
  config: Config,
  hasTime: () => boolean,
): Promise<Erasure> {
  const { upkeep, now, newToken } = services
  const token = newToken()
  const lease = () => ({ leaseToken: token, leasedUntil: after(now(), ERASURE_LEASE_MS) })
  /** Only while this function has the lease. @returns undefined if it has lost the lease */
  const change = async (next: (found: Erasure) => Partial<Erasure>) =>
    upkeep.progress.change<Erasure>(pathOf(key), (found) => {
      const erasure = erasureOf(found)
      if (erasure.leaseToken !== token) return undefined
      return { ...erasure, ...next(erasure), updatedAt: now(), expireAt: after(now(), KEPT_MS) }
    })
  let erasure = await upkeep.progress.change<Erasure>(pathOf(key), (found) => {
    const known = erasureOf(found)
    return isFree(known, now()) ? { ...known, ...lease() } : undefined
  })
  const pass = erasure?.state
  const released = { leaseToken: null, leasedUntil: null }
  try {
    while (erasure && erasure.state === pass && hasTime()) {
      const { part, cursor } = erasure
      const page = await ERASURE_PARTS[part]!(erasure, cursor ?? undefined, services, config)
      erasure = await change((found) => ({ ...lease(), ...advanced(found, page, now()) }))
    }
  } catch (error) {
    const code = asVisionError(error)?.code ?? 'internal'
    await change(() => ({ ...released, error: code, dueAt: after(now(), ERASURE_RETRY_MS) }))
    throw error
  }
  // A pass that is not finished goes to the end of the queue.
  const ended = await change((found) => ({ ...released, ...(found.state === pass && { dueAt: now() }) }))
  return ended ?? readErasure(key, services)
}

/** @throws VisionError `invalid-request` if there is no erasure */
export async function readErasure(key: string, { upkeep }: Pick<Services, 'upkeep'>): Promise<Erasure> {
  return erasureOf(await upkeep.progress.read(pathOf(key)))
}

function isFree({ state, leasedUntil, dueAt }: Erasure, now: Date): boolean {
  if (leasedUntil && leasedUntil > now) return false
  return state === 'running' || (state === 'verifying' && (!dueAt || dueAt <= now))
}

/** The erasure after a page. */
function advanced(found: Erasure, { cursor, deleted }: ErasedPage, now: Date): Partial<Erasure> {
  const sum = { ...found.deleted }
  for (const [name, count] of Object.entries(deleted)) sum[name as keyof typeof sum] += count
  const counted = { deleted: sum, error: null }
  if (cursor !== undefined) return { ...counted, cursor }
  const isLast = found.part + 1 === ERASURE_PARTS.length
  if (!isLast) return { ...counted, part: found.part + 1, cursor: null }
  const next =
    found.state === 'running'
      ? { state: 'verifying' as const, dueAt: after(now, ERASURE_VERIFY_MS) }
      : { state: 'done' as const, dueAt: null, completedAt: now }
  return { ...counted, part: 0, cursor: null, ...next }
}

/**
 * Advances the erasures that are due, the longest overdue first. A failure does not stop the others: it is
 * counted here and recorded in the erasure.
 */
export async function advanceErasures(
  services: Services,
  config: Config,
  hasTime: () => boolean,
): Promise<{ erased: number; erasuresFailed: number }> {
  const counts = { erased: 0, erasuresFailed: 0 }
  for (const key of await services.upkeep.progress.due(COLLECTION, services.now(), MAX_PER_SWEEP)) {
    if (!hasTime()) break
    const stopAt = performance.now() + ERASURE_SLICE_MS
    try {
      const isInTime = () => hasTime() && performance.now() < stopAt
      const { state } = await advanceErasure(key, services, config, isInTime)
      if (state === 'done') counts.erased++
    } catch {
      counts.erasuresFailed++
    }
  }
  return counts
}

function erasureOf(found: unknown): Erasure {
  const parsed = erasureSchema.safeParse(found)
  if (parsed.success) return parsed.data
  throw new VisionError('invalid-request', 'Cannot find the erasure: there is none with this id')
}

function after(time: Date, ms: number): Date {
  return new Date(time.getTime() + ms)
}
