import type { Config } from '../config/config.ts'
import { uploadPattern } from '../document/storage-paths.ts'
import type { Services } from '../ports/services.ts'
import type { IndexEntry } from '../ports/upkeep.ts'

/**
 * Whether a photo belongs to this deployment: other instances may annotate photos of other buckets or paths in
 * the same collection. Photos that INCLUDE_PATH_LIST or EXCLUDE_PATH_LIST leave out now may have been annotated
 * before, so they belong to it too.
 */
export function ownPhotos(
  { bucket }: Pick<Services, 'bucket'>,
  { uploadPath }: Pick<Config, 'uploadPath'>,
): (photo: { bucket: string; name: string }) => boolean {
  const isUpload = uploadPattern(uploadPath)
  return (photo) => photo.bucket === bucket && isUpload(photo.name) !== undefined
}

/** As `ownPhotos`. Tombstones have no name: those of the bucket are own. */
export function ownEntries(...given: Parameters<typeof ownPhotos>): (entry: IndexEntry) => boolean {
  const isOwn = ownPhotos(...given)
  const [{ bucket }] = given
  return (entry) => (entry.status === 'deleted' ? entry.bucket === bucket : isOwn(entry))
}
