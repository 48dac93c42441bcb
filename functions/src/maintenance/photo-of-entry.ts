import type { Photo } from '../document/annotation.ts'
import type { IndexEntry } from '../ports/annotation-index.ts'

/** The generation of a photo that a document is about. */
export function photoOfEntry(entry: IndexEntry): Photo {
  const { imageId, owner, bucket, name, generation, contentType, sizeBytes } = entry
  return { imageId, owner, bucket, name, generation, contentType, sizeBytes }
}
