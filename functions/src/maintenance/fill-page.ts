import type { Backfill } from '../api/backfill.ts'
import { forEachConcurrently } from '../concurrency.ts'
import type { Config } from '../config/config.ts'
import { limitsOf } from '../config/limits-of.ts'
import type { Status } from '../document/annotation.ts'
import { compareGenerations, isStillRejected, type Limits } from '../document/claim.ts'
import { imageIdOf } from '../document/storage-paths.ts'
import { uploadSelector } from '../document/upload-selection.ts'
import type { Services } from '../ports/services.ts'
import type { IndexEntry, ListedObject, PhotoQueue } from '../ports/upkeep.ts'
import { estimatePhoto } from '../quota/estimate-upload.ts'
import { fixedPrefix } from './scan-places.ts'

const QUEUED_AT_A_TIME = 10
/** Final statuses that another run may improve. */
const RETRIED = new Set<Status>(['partial', 'failed', 'blocked', 'rejected'])

type Page = Pick<Backfill, 'state' | 'seen' | 'photos' | 'estimate' | 'cursor'>

/**
 * Counts the photos of one page of uploads, up to the rest of `maxPhotos`, and queues them unless it is a dry
 * run. Task ids are derived from the uploads, so repeating a page after a crash queues no photo twice.
 */
export async function fillPage(
  id: string,
  backfill: Backfill,
  { upkeep, bucket, now }: Services,
  config: Config,
): Promise<Page> {
  const prefix = backfill.prefix || fixedPrefix(config.uploadPath)
  const { objects, nextPageToken } = await upkeep.objects.list(bucket, prefix, backfill.cursor ?? undefined)
  const isUpload = uploadSelector(config)
  const uploads = objects.filter(({ name, contentType }) => isUpload(name, contentType ?? ''))
  const known = await upkeep.annotations.find(uploads.map(({ name }) => imageIdOf(bucket, name)))
  const limits = limitsOf(config)
  const wanted = uploads.filter((upload) =>
    needsRun(upload, known.get(imageIdOf(bucket, upload.name)), backfill.retry && limits),
  )
  const left = backfill.maxPhotos - backfill.photos
  const taken = wanted.slice(0, left)
  if (!backfill.dryRun) await queueAll(taken, id, backfill.retry, bucket, upkeep.queue)
  const photos = backfill.photos + taken.length
  const isCapped = wanted.length > left || (photos === backfill.maxPhotos && nextPageToken !== undefined)
  return {
    state: isCapped ? 'capped' : nextPageToken === undefined ? 'done' : 'running',
    seen: backfill.seen + uploads.length,
    photos,
    estimate: estimatePhotos(photos, config, now()),
    cursor: nextPageToken ?? null,
  }
}

/**
 * @param retry false: only photos without a document. Else the limits that may accept rejected photos now.
 */
function needsRun(upload: ListedObject, entry: IndexEntry | undefined, retry: false | Limits): boolean {
  if (!entry || compareGenerations(entry.generation, upload.generation) < 0) return true
  if (!retry || entry.generation !== upload.generation || entry.status === 'deleted') return false
  if (!RETRIED.has(entry.status)) return false
  return !isStillRejected(entry, retry)
}

async function queueAll(
  uploads: ListedObject[],
  id: string,
  retry: boolean,
  bucket: string,
  queue: PhotoQueue,
): Promise<void> {
  await forEachConcurrently(uploads, QUEUED_AT_A_TIME, async ({ name, generation }) => {
    const task = { bucket, name, backfill: id, ...(retry && { retry }) }
    await queue.enqueue(task, `${imageIdOf(bucket, name)}-${generation}-${id}`)
  })
}

function estimatePhotos(photos: number, config: Config, date: Date): Backfill['estimate'] {
  const { tokens, usd } = estimatePhoto(config, date)
  return {
    tokens: photos * tokens,
    usd: usd === undefined ? null : Math.round(photos * usd * 100) / 100,
  }
}
