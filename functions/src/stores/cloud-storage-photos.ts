import type { Storage } from 'firebase-admin/storage'
import type { Photo } from '../annotations/annotation.ts'
import { VisionError } from '../errors.ts'
import { checkSize } from '../image/source-image.ts'
import type { PhotoStore } from './photo-store.ts'

/** Photos in Cloud Storage. Results go to `outputBucket`, or beside the photo when it is empty. */
export function cloudStoragePhotos(storage: Storage, outputBucket: string): PhotoStore {
  const results = (photo: Photo) => storage.bucket(outputBucket || photo.bucket)
  return {
    async read(photo, maxBytes) {
      const live = storage.bucket(photo.bucket).file(photo.name)
      const pinned = storage.bucket(photo.bucket).file(photo.name, { generation: photo.generation })
      try {
        const [metadata] = await live.getMetadata()
        checkGeneration(photo, metadata.generation)
        checkSize(Number(metadata.size ?? 0), { maxImageBytes: maxBytes })
        // As it lies there: content that calls itself gzip is not unpacked but refused, as no picture.
        const [bytes] = await pinned.download({ decompress: false })
        // Cloud Storage keeps to the generation; the emulator gives whatever is there now, so it is compared once more.
        const [after] = await live.getMetadata()
        checkGeneration(photo, after.generation)
        return bytes
      } catch (error) {
        if (statusOf(error) === 404) {
          throw new VisionError('object-gone', `Cannot read ${photo.imageId}: the object does not exist`, {
            cause: error,
          })
        }
        throw error
      }
    },

    async write(photo, path, bytes, contentType) {
      const metadata = { contentType, cacheControl: 'private, max-age=3600' }
      await results(photo).file(path).save(bytes, { resumable: false, validation: false, metadata })
    },

    async deleteFolder(photo, folder) {
      await results(photo).deleteFiles({ prefix: folder, force: false })
    },
  }
}

function checkGeneration(photo: Photo, live: string | number | undefined): void {
  if (String(live) === photo.generation) return
  throw new VisionError(
    'object-superseded',
    `Cannot read ${photo.imageId}: generation ${live} took the place of ${photo.generation}`,
  )
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return Number(error.code)
}
