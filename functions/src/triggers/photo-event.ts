import type { StorageEvent } from 'firebase-functions/storage'
import type { Config } from '../config/config.ts'
import type { Photo } from '../document/annotation.ts'
import { imageIdOf, uploadPattern } from '../document/storage-paths.ts'

/** The photo that a Cloud Storage event is about, or undefined when the object is none: a result, or anything else. */
export function photoOf(event: Pick<StorageEvent, 'data'>, config: Config): Photo | undefined {
  const { bucket, name, generation, contentType, size } = event.data
  const match = uploadPattern(config.uploadPath)(name)
  if (!match) return undefined
  return {
    imageId: imageIdOf(bucket, name),
    owner: match.owner,
    bucket,
    name,
    // A string in events, whatever the type says: it has more digits than a number can hold.
    generation: String(generation),
    contentType: contentType ?? '',
    sizeBytes: Number(size),
  }
}
