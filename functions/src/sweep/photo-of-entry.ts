import type { Photo } from '../annotations/annotation.ts'
import type { CensusEntry } from '../stores/annotation-census.ts'

/** The generation of a photo that a document is about. */
export function photoOfEntry(entry: CensusEntry): Photo {
  const { imageId, owner, bucket, name, generation, contentType, sizeBytes } = entry
  return { imageId, owner, bucket, name, generation, contentType, sizeBytes }
}
