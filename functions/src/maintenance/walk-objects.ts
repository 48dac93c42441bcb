import type { Config } from '../config/config.ts'
import { compareGenerations } from '../document/claim.ts'
import { imageIdOf, parseResultPath, uploadPattern } from '../document/storage-paths.ts'
import type { ListedObject } from '../ports/object-lister.ts'
import type { Services } from '../ports/services.ts'
import { queuePhoto } from './queue-photo.ts'
import { referencedFiles } from './referenced-files.ts'
import type { SweepReport } from './sweep-report.ts'
import type { Place } from './walks-of.ts'

/** Longer than an event takes to come again, ten minutes: what is younger has one on its way. */
const UPLOAD_PATIENCE_MS = 15 * 60 * 1000
/** Files are written before a document names them; no worker takes an hour. */
const RESULT_PATIENCE_MS = 60 * 60 * 1000

/** One page of objects: uploads that no document knows are queued, results that none names are deleted. */
export async function walkObjects(
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
    const isUpload = uploadPattern(config.uploadPath)
    const uploads = olderThan(UPLOAD_PATIENCE_MS).filter(({ name }) => isUpload(name))
    await queueUnknown(uploads, services, report)
  }
  if (bucket === (config.outputBucket || services.bucket)) {
    await deleteUnnamed(bucket, olderThan(RESULT_PATIENCE_MS), services, report)
  }
  return nextPageToken
}

async function queueUnknown(
  uploads: ListedObject[],
  { upkeep, bucket, now }: Services,
  report: SweepReport,
): Promise<void> {
  const known = await upkeep.annotations.find(uploads.map(({ name }) => imageIdOf(bucket, name)))
  for (const { name, generation } of uploads) {
    const entry = known.get(imageIdOf(bucket, name))
    if (entry && compareGenerations(entry.generation, generation) >= 0) continue
    await queuePhoto({ bucket, name, generation }, 'upload', now(), upkeep, report, 'queued')
  }
}

async function deleteUnnamed(
  bucket: string,
  objects: ListedObject[],
  { upkeep, bucket: uploads }: Services,
  report: SweepReport,
): Promise<void> {
  const results = objects.flatMap((object) => {
    const path = parseResultPath(object.name)
    return path ? [{ object, path }] : []
  })
  const ids = [...new Set(results.map(({ path }) => path.imageId))]
  // Read after the files were listed: what they name has been there since.
  const entries = await upkeep.annotations.find(ids, { withFiles: true })
  for (const { object, path } of results) {
    const entry = entries.get(path.imageId)
    // Another deployment's, with results in the same bucket.
    if (entry && entry.bucket !== uploads) continue
    if (entry && referencedFiles(entry).has(path)) continue
    await upkeep.objects.remove(bucket, object)
    report.deletedFiles++
  }
}
