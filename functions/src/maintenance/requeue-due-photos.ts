import { z } from 'zod'
import { forEachConcurrently } from '../concurrency.ts'
import type { Config } from '../config/config.ts'
import { MAX_DEFERRAL_MS, QUEUE_DISPATCHES_PER_SECOND } from '../config/time-limits.ts'
import type { Services } from '../ports/services.ts'
import type { LiveEntry } from '../ports/upkeep.ts'
import { type DueOptions, duePhotos, nextDuePhotos } from './due-photos.ts'
import { ownPhotos } from './own-photos.ts'
import { queuePhoto, type SweepReport } from './sweep-report.ts'

/** Due photos that are read and queued before the next ones. */
const BATCH = 1000
const QUEUED_AT_A_TIME = 10
const HOUR_MS = 3600 * 1000
/** The document with the position in a backlog, so that the next sweep continues there. */
const BACKLOG = 'upkeep/backlog'

const backlogSchema = z.object({
  startedAt: z.date(),
  queued: z.int().min(0),
  /** The last queued photo. */
  dueAt: z.date(),
  imageId: z.string(),
})

type Backlog = z.infer<typeof backlogSchema>

/** `allDeferred`: also deferred photos that are not due yet. `fromTheStart`: ignore the stored position. */
type RequeueOptions = { allDeferred: boolean; fromTheStart: boolean; hasTime: () => boolean }

/**
 * Queues overdue photos, alternating between their owners, until the time is up. The first batch is the same
 * for every sweep: the longest overdue photos, and some of each owner. If there are more, the sweep continues
 * where the last one stopped. Starting over each time would queue a backlog again every hour, and the queue
 * would mostly run duplicates.
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
  const seen = new Set<string>()
  /** @returns whether all of them were queued */
  const queueAll = async (photos: LiveEntry[]) => {
    const wanted = photos.filter(({ imageId, dueAt, status }) => {
      const isDue = !dueAt || dueAt <= time || status === 'deferred'
      return isDue && !seen.has(imageId)
    })
    let isInTime = true
    await forEachConcurrently(wanted, QUEUED_AT_A_TIME, async (entry) => {
      isInTime &&= hasTime()
      if (!isInTime) return
      seen.add(entry.imageId)
      const reason = `due${entry.dueAt?.getTime() ?? 0}`
      await queuePhoto(entry, reason, time, upkeep.queue, report, 'redriven')
    })
    return isInTime
  }

  const first = await duePhotos(upkeep.annotations, due)
  if (!(await queueAll(first.photos)) || first.areAll || !first.end?.dueAt) return
  const { dueAt, imageId } = first.end
  let backlog: Backlog = { startedAt: time, queued: first.photos.length, dueAt, imageId }
  if (!fromTheStart) backlog = (await readBacklog(services, time)) ?? backlog
  while (hasTime()) {
    const { photos, end, areAll } = await nextDuePhotos(upkeep.annotations, due, backlog)
    if (!end?.dueAt || !(await queueAll(photos))) return
    backlog = {
      ...backlog,
      queued: backlog.queued + photos.length,
      dueAt: end.dueAt,
      imageId: end.imageId,
    }
    const { ...written } = backlog
    await upkeep.progress.change<Backlog>(BACKLOG, () => written)
    // Without own photos, the rest probably belongs to another instance.
    if (areAll || photos.length === 0) return
  }
}

/**
 * @returns undefined when the queue has had time to run all photos of the backlog: the photos that are still
 *   due are then queued again
 */
async function readBacklog({ upkeep }: Services, now: Date): Promise<Backlog | undefined> {
  const { data } = backlogSchema.safeParse(await upkeep.progress.read(BACKLOG))
  if (!data) return undefined
  const runMs = Math.max(HOUR_MS, (data.queued / QUEUE_DISPATCHES_PER_SECOND) * 1000)
  return now.getTime() - data.startedAt.getTime() < runMs ? data : undefined
}
