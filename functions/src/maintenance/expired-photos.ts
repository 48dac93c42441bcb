import { forEachConcurrently } from '../concurrency.ts'
import type { Config } from '../config/config.ts'
import { imageIdOf, uploadPattern } from '../document/storage-paths.ts'
import { removeAnnotation } from '../pipeline/annotate-image.ts'
import type { Services } from '../ports/services.ts'
import type { ListedObject } from '../ports/upkeep.ts'
import { deleteOrReport } from './refused-deletions.ts'
import type { SweepReport } from './sweep-report.ts'

const DAY_MS = 24 * 3600 * 1000
/** Of one page. A scan checks eight pages at a time. */
const DELETED_AT_A_TIME = 20

/**
 * Deletes the uploads of a page that are older than RETENTION_DAYS, with their results, documents and copies.
 * Cloud Storage sets the creation time of each generation, so an overwritten photo is as old as its last
 * upload. The upload is deleted last, so that the next scan repeats what a crash or a refusal has interrupted.
 * @returns the other uploads; undefined if the time was up before all of them were deleted
 */
export async function deleteExpired(
  uploads: readonly ListedObject[],
  services: Services,
  { retentionDays, uploadPath }: Config,
  report: SweepReport,
  hasTime: () => boolean,
): Promise<ListedObject[] | undefined> {
  if (retentionDays === 0) return [...uploads]
  const { bucket, upkeep, now } = services
  const limit = now().getTime() - retentionDays * DAY_MS
  const isExpired = ({ createdAt }: ListedObject) => createdAt.getTime() < limit
  const ownerOf = uploadPattern(uploadPath)
  let isInTime = true
  await forEachConcurrently(uploads.filter(isExpired), DELETED_AT_A_TIME, async (upload) => {
    // Eight pages of a thousand expired uploads take longer than the rest of the function's time.
    isInTime &&= hasTime()
    if (!isInTime) return
    const { name, generation } = upload
    const owner = ownerOf(name)?.owner ?? null
    const imageId = imageIdOf(bucket, name)
    const isRemoved = await deleteOrReport({ kind: 'results', imageId, generation }, report, async () =>
      removeAnnotation({ imageId, owner, bucket, generation }, services),
    )
    if (!isRemoved) return
    // Exactly this generation: a newer upload of the same name is not old.
    const isDeleted = await deleteOrReport({ kind: 'upload', imageId, generation }, report, async () =>
      upkeep.objects.remove(bucket, upload),
    )
    if (isDeleted) report.expired++
  })
  return isInTime ? uploads.filter((upload) => !isExpired(upload)) : undefined
}
