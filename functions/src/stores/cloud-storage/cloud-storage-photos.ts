import type { File, Storage } from '@google-cloud/storage'
import type { Photo } from '../../document/annotation.ts'
import { isToDelete } from '../../document/claim.ts'
import { imageIdOf, resultPaths } from '../../document/storage-paths.ts'
import { VisionError } from '../../errors.ts'
import { checkSize } from '../../image/limits.ts'
import type { PhotoStore } from '../../ports/photo-store.ts'
import { toCloudStorage } from './cloud-storage-failure.ts'

/**
 * Photos in Cloud Storage. Results go to `outputBucket`, or beside the photo when it is empty.
 * @param storage with IdempotencyStrategy.RetryAlways: every write here may be repeated
 */
export function cloudStoragePhotos(storage: Storage, outputBucket: string): PhotoStore {
  const results = (photo: Photo) => storage.bucket(outputBucket || photo.bucket)
  return {
    async findUpload(bucket, name, owner) {
      const about = { imageId: imageIdOf(bucket, name), owner, bucket, name }
      const metadata = await run(
        about,
        'find',
        async () => (await storage.bucket(bucket).file(name).getMetadata())[0],
      )
      if (!metadata) return undefined
      const { generation, contentType = '', size } = metadata
      return { ...about, generation: String(generation), contentType, sizeBytes: Number(size ?? 0) }
    },

    async readUpload(photo, maxBytes) {
      const bucket = storage.bucket(photo.bucket)
      const pinned = bucket.file(photo.name, { generation: photo.generation })
      await checkLive(photo, bucket.file(photo.name), maxBytes)
      // As it lies there: content that calls itself gzip is not unpacked but refused, as no picture.
      const bytes = await run(photo, 'read', async () => (await pinned.download({ decompress: false }))[0])
      // Cloud Storage keeps to the generation; the emulator gives whatever is there now. And what is gone now may have been replaced.
      await checkLive(photo, bucket.file(photo.name), maxBytes)
      if (!bytes) throw gone(photo)
      return bytes
    },

    async readResult(photo, path) {
      return run(photo, 'read a result of', async () => (await results(photo).file(path).download())[0])
    },

    async writeResult(photo, path, bytes, contentType) {
      const metadata = { contentType, cacheControl: 'private, max-age=3600' }
      const file = results(photo).file(path)
      await run(photo, 'write a result of', () =>
        file.save(bytes, { resumable: false, validation: false, metadata }),
      )
    },

    async deleteResults(photo, which) {
      const { home } = resultPaths(photo)
      const files = await run(
        photo,
        'list the results of',
        async () => (await results(photo).getFiles({ prefix: home }))[0],
      )
      const condemned = (files ?? []).filter(({ name }) => isToDelete(name.slice(home.length), photo, which))
      // Another event about the same photo may be deleting them too.
      await Promise.all(
        condemned.map((file) =>
          run(photo, 'delete a result of', () => file.delete({ ignoreNotFound: true })),
        ),
      )
    },
  }
}

/** @throws VisionError when another generation, or nothing, is there now, or when it is too large */
async function checkLive(photo: Photo, file: File, maxBytes: number): Promise<void> {
  const metadata = await run(photo, 'find', async () => (await file.getMetadata())[0])
  if (!metadata) throw gone(photo)
  if (String(metadata.generation) !== photo.generation) {
    throw new VisionError(
      'object-superseded',
      `Cannot read ${photo.imageId}: generation ${metadata.generation} took the place of ${photo.generation}`,
    )
  }
  checkSize(Number(metadata.size ?? 0), maxBytes)
}

function gone(photo: Photo): VisionError {
  return new VisionError('object-gone', `Cannot read ${photo.imageId}: the object does not exist`)
}

/** @returns undefined when there is no such object */
async function run<T>(
  { imageId }: Pick<Photo, 'imageId'>,
  task: string,
  request: () => Promise<T>,
): Promise<T | undefined> {
  return toCloudStorage(`${task} ${imageId}`, request)
}
