import { type UploadSelection, uploadSelector } from '../document/upload-selection.ts'
import type { Services } from '../ports/services.ts'
import type { IndexEntry } from '../ports/upkeep.ts'

/**
 * Whether a photo belongs to this deployment: other instances may annotate photos of other buckets or paths in
 * the same collection.
 */
export function ownPhotos(
  { bucket }: Pick<Services, 'bucket'>,
  selection: UploadSelection,
): (photo: { bucket: string; name: string }) => boolean {
  const isUpload = uploadSelector(selection)
  return (photo) => photo.bucket === bucket && isUpload(photo.name) !== undefined
}

/** As `ownPhotos`. Tombstones have no name: those of the bucket are own. */
export function ownEntries(...given: Parameters<typeof ownPhotos>): (entry: IndexEntry) => boolean {
  const isOwn = ownPhotos(...given)
  const [{ bucket }] = given
  return (entry) => (entry.status === 'deleted' ? entry.bucket === bucket : isOwn(entry))
}
