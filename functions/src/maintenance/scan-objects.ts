import type { Config } from '../config/config.ts'
import { RESULT_PATIENCE_MS } from '../config/time-limits.ts'
import { compareGenerations } from '../document/claim.ts'
import { imageIdOf, parseResultPath } from '../document/storage-paths.ts'
import { uploadSelector } from '../document/upload-selection.ts'
import type { Services } from '../ports/services.ts'
import type { ListedObject } from '../ports/upkeep.ts'
import { deleteExpired } from './expired-photos.ts'
import { ownEntries } from './own-photos.ts'
import { referencedFiles } from './referenced-files.ts'
import type { Place } from './scan-places.ts'
import { queuePhoto, type SweepReport } from './sweep-report.ts'

/** Longer than ten minutes, the longest pause of event deliveries: a younger upload may get its event. */
const UPLOAD_PATIENCE_MS = 15 * 60 * 1000

/**
 * Scans one page of objects: deletes expired uploads, queues those without a document, and deletes results
 * without a reference.
 */
export async function scanObjects(
  { bucket, prefix }: Place,
  cursor: string | undefined,
  services: Services,
  config: Config,
  report: SweepReport,
): Promise<string | undefined> {
  const { upkeep, now } = services
  const { objects, nextPageToken } = await upkeep.objects.list(bucket, prefix, cursor)
  const olderThan = (patienceMs: number) => {
    const limit = now().getTime() - patienceMs
    return objects.filter(({ createdAt }) => createdAt.getTime() < limit)
  }
  if (bucket === services.bucket) {
    const isUpload = uploadSelector(config)
    const uploads = olderThan(UPLOAD_PATIENCE_MS).filter(({ name, contentType }) =>
      isUpload(name, contentType ?? ''),
    )
    const kept = await deleteExpired(uploads, services, config, report)
    await queueMissing(kept, services, report)
  }
  if (bucket === (config.outputBucket || services.bucket)) {
    await deleteOrphans(bucket, olderThan(RESULT_PATIENCE_MS), services, config, report)
  }
  return nextPageToken
}

async function queueMissing(
  uploads: ListedObject[],
  { upkeep, bucket, now }: Services,
  report: SweepReport,
): Promise<void> {
  const known = await upkeep.annotations.find(uploads.map(({ name }) => imageIdOf(bucket, name)))
  for (const { name, generation } of uploads) {
    const entry = known.get(imageIdOf(bucket, name))
    if (entry && compareGenerations(entry.generation, generation) >= 0) continue
    await queuePhoto({ bucket, name, generation }, 'upload', now(), upkeep.queue, report, 'queued')
  }
}

async function deleteOrphans(
  bucket: string,
  objects: ListedObject[],
  services: Services,
  config: Config,
  report: SweepReport,
): Promise<void> {
  const { upkeep } = services
  const isOwn = ownEntries(services, config)
  const results = objects.flatMap((object) => {
    // The documents of foreign results are in another collection: here they would look like orphans.
    const path = object.isForeign ? undefined : parseResultPath(object.name)
    return path ? [{ object, path }] : []
  })
  const ids = [...new Set(results.map(({ path }) => path.imageId))]
  // Read after the files were listed, so that a document written in between is seen.
  const entries = await upkeep.annotations.find(ids, { withFiles: true })
  for (const { object, path } of results) {
    const entry = entries.get(path.imageId)
    // Results of another instance in the same bucket.
    if (entry && !isOwn(entry)) continue
    if (entry && referencedFiles(entry).has(path)) continue
    await upkeep.objects.remove(bucket, object)
    report.deletedFiles++
  }
}
