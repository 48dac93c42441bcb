import { randomUUID } from 'node:crypto'
import type { z } from 'zod'
import { type Backfill, backfillSchema, type startBackfillRequest } from '../api/backfill.ts'
import type { Config } from '../config/config.ts'
import { BACKFILL_LEASE_MS } from '../config/time-limits.ts'
import { STATE_COLLECTIONS, type StatePath } from '../document/state-collections.ts'
import { VisionError } from '../errors.ts'
import type { Services } from '../ports/services.ts'
import { fillPage } from './fill-page.ts'

const DEFAULT_MAX_PHOTOS = 1000
const COLLECTION = STATE_COLLECTIONS.backfills
/** Backfills that one sweep continues. */
const MAX_PER_SWEEP = 5

const pathOf = (id: string): StatePath => `${COLLECTION}/${id}`

/** Creates the document of a backfill, with its options and its progress. Queues nothing yet. */
export async function startBackfill(
  {
    prefix = '',
    maxPhotos = DEFAULT_MAX_PHOTOS,
    retry = false,
    dryRun = true,
  }: z.output<typeof startBackfillRequest>,
  startedBy: string,
  { upkeep, now }: Services,
): Promise<string> {
  const id = randomUUID()
  await upkeep.progress.change<Backfill>(pathOf(id), () => ({
    state: 'running',
    dryRun,
    prefix,
    maxPhotos,
    retry,
    startedBy,
    seen: 0,
    photos: 0,
    estimate: { tokens: 0, usd: 0 },
    ended: {},
    cursor: null,
    leasedUntil: null,
    startedAt: now(),
    updatedAt: now(),
  }))
  return id
}

/**
 * Advances a backfill, one page of uploads at a time, until the time is up. Called by startBackfill and by
 * every later sweep, never by a task: a chain of tasks that queue their successors could not be stopped.
 * @returns the updated backfill
 * @throws VisionError `invalid-request` if there is no backfill with this id
 */
export async function advanceBackfill(
  id: string,
  services: Services,
  config: Config,
  hasTime: () => boolean,
): Promise<Backfill> {
  const { upkeep, now } = services
  const leasedUntil = () => new Date(now().getTime() + BACKFILL_LEASE_MS)
  const leased = await upkeep.progress.change<Backfill>(pathOf(id), (found) => {
    const backfill = backfillOf(found)
    const isFree = !backfill.leasedUntil || backfill.leasedUntil <= now()
    return backfill.state === 'running' && isFree ? { ...backfill, leasedUntil: leasedUntil() } : undefined
  })
  if (!leased) return readBackfill(id, services)
  let backfill = leased
  try {
    while (backfill.state === 'running' && hasTime()) {
      const page = await fillPage(id, backfill, services, config)
      // During the page, an operator may have stopped the backfill and workers may have counted runs.
      backfill = await changeBackfill(id, services, (found) => ({
        ...found,
        ...page,
        state: found.state === 'stopped' ? 'stopped' : page.state,
        leasedUntil: leasedUntil(),
      }))
    }
  } finally {
    backfill = await changeBackfill(id, services, (found) => ({ ...found, leasedUntil: null }))
  }
  return backfill
}

/** Advances all running backfills. @returns how many there are */
export async function advanceBackfills(
  services: Services,
  config: Config,
  hasTime: () => boolean,
): Promise<number> {
  const ids = await services.upkeep.progress.withState(COLLECTION, 'running', MAX_PER_SWEEP)
  for (const id of ids) await advanceBackfill(id, services, config, hasTime)
  return ids.length
}

/** Queues no more photos, and skips those in the queue. @throws VisionError `invalid-request` */
export async function stopBackfill(id: string, services: Services): Promise<Backfill> {
  return changeBackfill(id, services, (found) => ({
    ...found,
    state: found.state === 'done' ? 'done' : 'stopped',
  }))
}

/** Whether photos that were queued by a backfill should still be run. */
export async function isWanted(id: string, services: Services): Promise<boolean> {
  return (await readBackfill(id, services)).state !== 'stopped'
}

/** Counts a finished run by its status. */
export async function countEnded(id: string, status: string, services: Services): Promise<void> {
  await changeBackfill(id, services, (found) => ({
    ...found,
    ended: { ...found.ended, [status]: (found.ended[status] ?? 0) + 1 },
  }))
}

async function readBackfill(id: string, { upkeep }: Services): Promise<Backfill> {
  return backfillOf(await upkeep.progress.read(pathOf(id)))
}

async function changeBackfill(
  id: string,
  { upkeep, now }: Services,
  change: (found: Backfill) => Backfill,
): Promise<Backfill> {
  const changed = await upkeep.progress.change<Backfill>(pathOf(id), (found) => ({
    ...change(backfillOf(found)),
    updatedAt: now(),
  }))
  return changed!
}

function backfillOf(found: unknown): Backfill {
  const parsed = backfillSchema.safeParse(found)
  if (parsed.success) return parsed.data
  throw new VisionError('invalid-request', 'Cannot find the backfill: there is none with this id')
}
