import type { Backfill } from '../api/backfill.ts'
import { forEachConcurrently } from '../concurrency.ts'
import type { Config } from '../config/config.ts'
import type { Status } from '../document/annotation.ts'
import { compareGenerations } from '../document/claim.ts'
import { imageIdOf, uploadPattern } from '../document/storage-paths.ts'
import type { IndexEntry } from '../ports/annotation-index.ts'
import type { ListedObject } from '../ports/object-lister.ts'
import type { Services } from '../ports/services.ts'
import type { Upkeep } from '../ports/upkeep.ts'
import { estimatePhoto } from '../quota/estimate-upload.ts'
import { fixedStart } from './walks-of.ts'

/** Queued side by side. */
const QUEUERS = 10
/** Ends that another try may better. */
const RETRIED = new Set<Status>(['partial', 'failed', 'blocked'])

type Page = Pick<Backfill, 'state' | 'seen' | 'photos' | 'estimate' | 'cursor'>

/**
 * Counts, and unless it is a dry run queues, the photos of one page of uploads, never more than are left of `maxPhotos`. Done again, after
 * a death in the middle, it queues none twice: the ids of its tasks follow from the uploads.
 */
export async function fillPage(
  id: string,
  backfill: Backfill,
  { upkeep, bucket }: Services,
  config: Config,
): Promise<Page> {
  const prefix = backfill.prefix || fixedStart(config.uploadPath)
  const { objects, nextPageToken } = await upkeep.objects.list(bucket, prefix, backfill.cursor ?? undefined)
  const isUpload = uploadPattern(config.uploadPath)
  const uploads = objects.filter(({ name }) => isUpload(name))
  const known = await upkeep.annotations.find(uploads.map(({ name }) => imageIdOf(bucket, name)))
  const wanted = uploads.filter((upload) =>
    isWanting(upload, known.get(imageIdOf(bucket, upload.name)), backfill.retry),
  )
  const left = backfill.maxPhotos - backfill.photos
  const taken = wanted.slice(0, left)
  if (!backfill.dryRun) await queueAll(taken, id, backfill.retry, bucket, upkeep)
  const photos = backfill.photos + taken.length
  const isCapped = wanted.length > left || (photos === backfill.maxPhotos && nextPageToken !== undefined)
  return {
    state: isCapped ? 'capped' : nextPageToken === undefined ? 'done' : 'running',
    seen: backfill.seen + uploads.length,
    photos,
    estimate: estimatePhotos(photos, config),
    cursor: nextPageToken ?? null,
  }
}

function isWanting(upload: ListedObject, entry: IndexEntry | undefined, retry: boolean): boolean {
  if (!entry || compareGenerations(entry.generation, upload.generation) < 0) return true
  return retry && entry.generation === upload.generation && RETRIED.has(entry.status)
}

async function queueAll(
  uploads: ListedObject[],
  id: string,
  retry: boolean,
  bucket: string,
  { queue }: Upkeep,
): Promise<void> {
  await forEachConcurrently(uploads, QUEUERS, async ({ name, generation }) => {
    const task = { bucket, name, backfill: id, ...(retry && { retry }) }
    await queue.enqueue(task, `${imageIdOf(bucket, name)}-${generation}-${id}`)
  })
}

function estimatePhotos(photos: number, config: Config): Backfill['estimate'] {
  const { promptTokens, outputTokens } = estimatePhoto(config)
  const usd = (promptTokens * config.inputTokenPrice + outputTokens * config.outputTokenPrice) / 1e6
  return {
    tokens: photos * (promptTokens + outputTokens),
    usd: Math.round(photos * usd * 100) / 100,
  }
}
