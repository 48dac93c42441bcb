import { forEachConcurrently } from '../concurrency.ts'
import type { Photo } from '../document/annotation.ts'
import type { PhotoStore } from '../ports/photo-store.ts'

export type ResultFile = [path: string, bytes: Buffer, contentType: string]

/** More than an ordinary photo has: each further round takes as long as an upload. */
const WRITES_AT_A_TIME = 16

/**
 * Writes result files. After a failure it starts no further write, and throws when all running ones have
 * ended.
 */
export async function writeAll(
  files: readonly ResultFile[],
  photo: Photo,
  photos: Pick<PhotoStore, 'writeResult'>,
): Promise<void> {
  await forEachConcurrently(files, WRITES_AT_A_TIME, async ([path, bytes, type]) =>
    photos.writeResult(photo, path, bytes, type),
  )
}
