import { forEachConcurrently } from '../concurrency.ts'
import type { Config } from '../config/config.ts'
import { MAX_DEFERRAL_MS } from '../config/time-limits.ts'
import type { Services } from '../ports/services.ts'
import type { DuePosition, LiveEntry } from '../ports/upkeep.ts'
import { MOST_WAITING_DUE, positionOf, readBacklog, withDue, withWaiting, writeBacklog } from './backlog.ts'
import { type DueOptions, duePhotos, nextDuePhotos } from './due-photos.ts'
import { ownPhotos } from './own-photos.ts'
import { queuePhoto, type SweepReport } from './sweep-report.ts'

/** Due photos that are read and queued before the next ones. */
const BATCH = 1000
const QUEUED_AT_A_TIME = 10

/** `allDeferred`: also deferred photos that are not due yet. `fromTheStart`: ignore what earlier sweeps queued. */
type RequeueOptions = { allDeferred: boolean; fromTheStart: boolean; hasTime: () => boolean }

/**
 * Queues overdue photos, alternating between their owners, until the queue has enough work or the time is up.
 * The first batch is the same for every sweep: the longest overdue photos, and some of each owner. If there are
 * more, the sweep continues where the last one stopped. Starting over each time would queue a backlog again
 * every hour, and the queue would mostly run duplicates.
 */
export async function requeueDuePhotos(
  services: Services,
  config: Config,
  report: SweepReport,
  { allDeferred, fromTheStart, hasTime }: RequeueOptions,
): Promise<void> {
  const { upkeep, now } = services
  const time = now()
  const until = allDeferred ? new Date(time.getTime() + MAX_DEFERRAL_MS) : time
  const due: DueOptions = { isOwn: ownPhotos(services, config), now: until, limit: BATCH, hasTime }
  const first = await duePhotos(upkeep.annotations, due)
  if (first.photos.length === 0 && first.areAll) return
  let backlog = await readBacklog(services, time)
  const mostWaiting = MOST_WAITING_DUE + (fromTheStart ? backlog.waiting : 0)
  const canQueue = () => hasTime() && withWaiting(backlog, 0, now()).waiting < mostWaiting
  const seen = new Set<string>()
  let unwritten = 0

  /** @returns whether all of them were queued */
  const queueAll = async (photos: LiveEntry[]): Promise<boolean> => {
    const wanted = photos.filter(({ imageId, dueAt, status }) => {
      const isDue = !dueAt || dueAt <= time || status === 'deferred'
      return isDue && !seen.has(imageId)
    })
    let isQueued = true
    await forEachConcurrently(wanted, QUEUED_AT_A_TIME, async (entry) => {
      isQueued &&= canQueue()
      if (!isQueued) return
      seen.add(entry.imageId)
      const reason = `due${entry.dueAt?.getTime() ?? 0}`
      const outcome = await queuePhoto(entry, reason, time, upkeep.queue, report, 'redriven')
      if (outcome === 'known') return
      backlog = withDue(backlog, 1, now())
      unwritten++
    })
    return isQueued
  }
  /** Stores no position among photos that are not due yet: scheduled sweeps would skip those before it. */
  const write = async (end: DuePosition | undefined) => {
    const position = end && positionOf(end)
    if (position && position.dueAt <= time) backlog = { ...backlog, ...position }
    const added = unwritten
    unwritten = 0
    await writeBacklog(backlog, added, services)
  }

  const isQueued = await queueAll(first.photos)
  if (unwritten > 0) await write(undefined)
  if (!isQueued || first.areAll) return
  let end = (fromTheStart ? undefined : positionOf(backlog)) ?? first.end
  while (end && canQueue()) {
    const batch = await nextDuePhotos(upkeep.annotations, due, end)
    const isDone = await queueAll(batch.photos)
    await write(isDone ? batch.end : undefined)
    // Without own photos, the rest probably belongs to another instance.
    if (!isDone || batch.areAll || batch.photos.length === 0) return
    end = batch.end
  }
}
