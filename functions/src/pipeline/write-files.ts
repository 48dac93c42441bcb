import type { Photo } from '../document/annotation.ts'
import type { PhotoStore } from '../ports/photo-store.ts'

/** A result to be written: where, what, and its content type. */
export type ResultFile = [path: string, bytes: Buffer, contentType: string]

/** Files written at a time. */
const WRITERS = 8

/** Writes the results of a photo. When one cannot be written it throws once all have ended, so that nothing is still being written afterwards. */
export async function writeAll(
  files: readonly ResultFile[],
  photo: Photo,
  photos: PhotoStore,
): Promise<void> {
  for (let i = 0; i < files.length; i += WRITERS) {
    const written = await Promise.allSettled(
      files.slice(i, i + WRITERS).map(([path, bytes, type]) => photos.writeResult(photo, path, bytes, type)),
    )
    for (const write of written) if (write.status === 'rejected') throw write.reason
  }
}
