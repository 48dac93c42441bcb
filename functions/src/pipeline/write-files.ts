import pLimit from 'p-limit'
import type { Photo } from '../document/annotation.ts'
import type { PhotoStore } from '../ports/photo-store.ts'

export type ResultFile = [path: string, bytes: Buffer, contentType: string]

const WRITES_AT_A_TIME = 8

/**
 * Writes result files. If one fails, it throws after all have ended, so that no write continues afterwards.
 */
export async function writeAll(
  files: readonly ResultFile[],
  photo: Photo,
  photos: PhotoStore,
): Promise<void> {
  const limit = pLimit(WRITES_AT_A_TIME)
  const writes = files.map(async ([path, bytes, type]) =>
    limit(async () => photos.writeResult(photo, path, bytes, type)),
  )
  const failed = (await Promise.allSettled(writes)).find((write) => write.status === 'rejected')
  if (failed) throw failed.reason
}
