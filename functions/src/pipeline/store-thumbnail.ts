import { resultPaths } from '../document/storage-paths.ts'
import type { PreparedImage } from '../image/prepare.ts'
import { thumbnailOf } from '../image/thumbnail.ts'
import type { Services } from '../ports/services.ts'
import type { AnnotationRun } from './annotation-run.ts'

/**
 * Stores the thumbnail of a photo. The next write of the document adds it, usually together with the
 * caption. A run that continues an earlier one keeps the thumbnail, unless a caller forces a new one.
 */
export async function storeThumbnail(
  prepared: PreparedImage,
  { document, claimed }: Pick<AnnotationRun, 'document' | 'claimed'>,
  { photos }: Pick<Services, 'photos'>,
  isForced: boolean,
): Promise<void> {
  const { photo } = document
  const { thumbnail: path } = resultPaths(photo)
  // The path contains the generation.
  if (claimed.thumbnail?.path === path && !isForced) return
  const thumbnail = await thumbnailOf(prepared)
  if (!thumbnail) return
  const { jpeg, width, height } = thumbnail
  await photos.writeResult(photo, path, jpeg, 'image/jpeg')
  document.addToNextWrite({ thumbnail: { path, width, height } })
}
