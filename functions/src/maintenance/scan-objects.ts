import pLimit from 'p-limit'
import type { Config } from '../config/config.ts'
import { RESULT_PATIENCE_MS } from '../config/time-limits.ts'
import { parseResultPath, resultPaths } from '../document/storage-paths.ts'
import { uploadSelector } from '../document/upload-selection.ts'
import type { Services } from '../ports/services.ts'
import type { ListedObject, LiveEntry } from '../ports/upkeep.ts'
import { deleteExpired } from './expired-photos.ts'
import { KnownPhotos } from './known-photos.ts'
import { deleteOrphans } from './orphans.ts'
import { ownPhotos } from './own-photos.ts'
import { queueMissing } from './queue-missing.ts'
import type { QueueRoom } from './queue-room.ts'
import type { Place } from './scan-places.ts'
import type { PageStop, ScanPage, ScanPart } from './scan-segments.ts'
import type { SweepReport } from './sweep-report.ts'

/** Longer than ten minutes, the longest pause of event deliveries: a younger upload may get its event. */
const UPLOAD_PATIENCE_MS = 15 * 60 * 1000
/** Files of one photo that wait for the rest of its files. It bounds the memory. */
const MAX_WAITING = 5000
/** Groups of documents with their files that are in memory together. */
const READS_AT_A_TIME = 2

/**
 * Scans objects page by page: deletes expired uploads, queues those without a document, and deletes results
 * without a reference.
 * @param since look up only uploads that were created since then, and all files of photos with a file that was
 * @param room for uploads in the queue. Without room, a range stops at the next upload that it would look up
 */
export function objectScanner(
  since: Date | undefined,
  services: Services,
  config: Config,
  report: SweepReport,
  room: QueueRoom,
  hasTime: () => boolean,
): (place: Place) => ScanPart {
  const known = new KnownPhotos()
  const reading = pLimit(READS_AT_A_TIME)
  const isOwn = ownPhotos(services, config)
  return (place) => ({
    prefix: place.prefix,
    begin: (start) => {
      const { bucket, prefix } = place
      /** The last files of the pages so far, if more files of the same photo may follow. */
      let waiting: ListedObject[] = []
      let resumeAt = start
      const scanPage: ScanPage = async (range, cursor) => {
        const { objects, nextPageToken: next } = await services.upkeep.objects.list(
          bucket,
          prefix,
          cursor,
          range,
        )
        const all = [...waiting, ...objects]
        const isCut = next !== undefined && since !== undefined
        const end = isCut ? startOfLastPhoto(all) : all.length
        const isTooMuch = all.length - end > MAX_WAITING
        const done = isTooMuch ? all : all.slice(0, end)
        // The page on which the waiting files begin must be listed again after an interruption.
        if (end > 0 || isTooMuch) resumeAt = end < all.length && !isTooMuch ? cursor : next
        waiting = all.slice(done.length)
        const stop = await checkObjects(bucket, done, isTooMuch ? undefined : since)
        if (stop === 'time-up') return undefined
        return stop ?? { next, resumeAt, last: done.at(-1)?.name }
      }
      return scanPage
    },
  })

  /** @returns why not all were checked */
  async function checkObjects(
    bucket: string,
    objects: ListedObject[],
    createdSince: Date | undefined,
  ): Promise<'time-up' | PageStop | undefined> {
    const now = services.now().getTime()
    const isOlderThan = (patienceMs: number) => (object: ListedObject) =>
      object.createdAt.getTime() < now - patienceMs
    const isRecent = ({ createdAt }: ListedObject) => createdSince === undefined || createdAt >= createdSince
    if (bucket === (config.outputBucket || services.bucket)) {
      const files = createdSince === undefined ? objects : filesOfPhotosWith(isRecent, objects)
      await deleteOrphans(
        bucket,
        files.filter(isOlderThan(RESULT_PATIENCE_MS)),
        reading,
        known,
        services,
        config,
        report,
      )
    }
    if (bucket === services.bucket) {
      const isUpload = uploadSelector(config)
      const uploads = objects.filter(
        (object) =>
          (config.retentionDays > 0 || isRecent(object)) &&
          isOlderThan(UPLOAD_PATIENCE_MS)(object) &&
          isUpload(object.name, object.contentType ?? ''),
      )
      const kept = await deleteExpired(uploads, services, config, report, hasTime)
      if (!kept) return 'time-up'
      const { ended, stoppedAt } = await queueMissing(kept.filter(isRecent), known, room, services, report)
      if (createdSince !== undefined) {
        for (const entry of ended.filter(isOwn)) await checkResults(entry)
      }
      if (stoppedAt !== undefined) return { stoppedAt }
    }
    return undefined
  }

  /** Old results of an overwritten photo whose new run has stored none, so that no file of it is recent. */
  async function checkResults(entry: LiveEntry): Promise<void> {
    const bucket = config.outputBucket || services.bucket
    const { home } = resultPaths(entry)
    const now = services.now().getTime()
    let pageToken: string | undefined
    do {
      const page = await services.upkeep.objects.list(bucket, home, pageToken)
      const old = page.objects.filter(({ createdAt }) => createdAt.getTime() < now - RESULT_PATIENCE_MS)
      await deleteOrphans(bucket, old, reading, known, services, config, report)
      pageToken = page.nextPageToken
    } while (pageToken !== undefined)
  }
}

/** The index of the first file of the photo that the last object belongs to. */
function startOfLastPhoto(objects: ListedObject[]): number {
  const imageIdAt = (index: number) => parseResultPath(objects[index]?.name ?? '')?.imageId
  const last = imageIdAt(objects.length - 1)
  let start = objects.length
  if (last !== undefined) while (imageIdAt(start - 1) === last) start--
  return start
}

/** All files of each photo with at least one such file. */
function filesOfPhotosWith(
  isWanted: (object: ListedObject) => boolean,
  objects: ListedObject[],
): ListedObject[] {
  const ids = new Set(objects.filter(isWanted).map(({ name }) => parseResultPath(name)?.imageId))
  ids.delete(undefined)
  return ids.size === 0 ? [] : objects.filter(({ name }) => ids.has(parseResultPath(name)?.imageId))
}
