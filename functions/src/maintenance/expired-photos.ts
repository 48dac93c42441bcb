import { forEachConcurrently } from '../concurrency.ts'
import type { Config } from '../config/config.ts'
import { imageIdOf, uploadPattern } from '../document/storage-paths.ts'
import { removeAnnotation } from '../pipeline/annotate-image.ts'
import type { Services } from '../ports/services.ts'
import type { ListedObject } from '../ports/upkeep.ts'
import type { SweepReport } from './sweep-report.ts'

const DAY_MS = 24 * 3600 * 1000
/** A page has up to 1000 uploads, and a sweep has two minutes for the page that it has begun. */
const DELETED_AT_A_TIME = 20

/**
 * Deletes the uploads of a page that are older than RETENTION_DAYS, with their results, documents and copies.
 * Cloud Storage sets the creation time of each generation, so an overwritten photo is as old as its last
 * upload. The upload is deleted last, so that the next scan repeats what a crash has interrupted.
 * @returns the other uploads
 */
export async function deleteExpired(
  uploads: readonly ListedObject[],
  services: Services,
  { retentionDays, uploadPath }: Config,
  report: SweepReport,
): Promise<ListedObject[]> {
  if (retentionDays === 0) return [...uploads]
  const { bucket, upkeep, now } = services
  const limit = now().getTime() - retentionDays * DAY_MS
  const isExpired = ({ createdAt }: ListedObject) => createdAt.getTime() < limit
  const ownerOf = uploadPattern(uploadPath)
  await forEachConcurrently(uploads.filter(isExpired), DELETED_AT_A_TIME, async (upload) => {
    const { name, generation } = upload
    const owner = ownerOf(name)?.owner ?? null
    await removeAnnotation({ imageId: imageIdOf(bucket, name), owner, bucket, generation }, services)
    // Exactly this generation: a newer upload of the same name is not old.
    await upkeep.objects.remove(bucket, upload)
    report.expired++
  })
  return uploads.filter((upload) => !isExpired(upload))
}
