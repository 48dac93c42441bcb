import { resultPaths } from '../document/storage-paths.ts'
import type { PreparedImage } from '../image/prepare.ts'
import { thumbnailOf } from '../image/thumbnail.ts'
import type { Services } from '../ports/services.ts'
import type { LeasedAnnotation } from './leased-annotation.ts'

/**
 * Stores the thumbnail of a photo. The next write of the document adds it, usually together with the
 * caption.
 */
export async function storeThumbnail(
  prepared: PreparedImage,
  document: LeasedAnnotation,
  { photos }: Pick<Services, 'photos'>,
): Promise<void> {
  const thumbnail = await thumbnailOf(prepared)
  if (!thumbnail) return
  const { photo } = document
  const { thumbnail: path } = resultPaths(photo)
  const { jpeg, width, height } = thumbnail
  await photos.writeResult(photo, path, jpeg, 'image/jpeg')
  document.addToNextWrite({ thumbnail: { path, width, height } })
}
