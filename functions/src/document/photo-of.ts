import type { Photo } from './annotation.ts'
import { imageIdOf } from './storage-paths.ts'
import { type UploadSelection, uploadSelector } from './upload-selection.ts'

/** An object of Cloud Storage, as events describe it. */
export type StoredPhoto = {
  bucket: string
  name: string
  /** Events contain a string, whatever their type says: a generation has more digits than a number can hold. */
  generation: string | number
  contentType?: string | undefined
  size: string | number
}

/** The photo of an object; undefined if it is not selected: a result, for example. */
export function photoOf(object: StoredPhoto, selection: UploadSelection): Photo | undefined {
  const { bucket, name, generation, contentType, size } = object
  const match = uploadSelector(selection)(name, contentType ?? '')
  if (!match) return undefined
  return {
    imageId: imageIdOf(bucket, name),
    owner: match.owner,
    bucket,
    name,
    generation: String(generation),
    contentType: contentType ?? '',
    sizeBytes: Number(size),
  }
}
