import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { File, Storage } from '@google-cloud/storage'
import type { Photo } from '../../document/annotation.ts'
import { isToDelete } from '../../document/claim.ts'
import { imageIdOf, resultPaths } from '../../document/storage-paths.ts'
import { VisionError } from '../../errors.ts'
import { checkSize } from '../../image/limits.ts'
import type { PhotoStore } from '../../ports/photo-store.ts'
import { toCloudStorage } from './cloud-storage-failure.ts'
import { markMetadata, type ResultMark } from './result-mark.ts'

/**
 * Photos in Cloud Storage. Results are written to `outputBucket`, or to the photo's bucket if it is empty.
 * @param storage with IdempotencyStrategy.RetryAlways: repeating a write changes nothing
 * @param mark of the results (`resultMark`)
 */
export function cloudStoragePhotos(storage: Storage, outputBucket: string, mark?: ResultMark): PhotoStore {
  const results = (photo: Pick<Photo, 'bucket'>) => storage.bucket(outputBucket || photo.bucket)
  const liveFile = ({ bucket, name }: Photo) => storage.bucket(bucket).file(name)

  /** @throws VisionError `object-gone`, `object-superseded` */
  async function readPinned(photo: Photo, maxBytes: number): Promise<Buffer> {
    const pinned = storage.bucket(photo.bucket).file(photo.name, { generation: photo.generation })
    // Content marked as gzip is not unpacked. It is rejected later, because it is not an image.
    const read = await run(photo, 'read', async () => download(pinned, { decompress: false }))
    // A missing generation may have been replaced. The emulator sends another one instead.
    if (read?.generation !== photo.generation) await checkLive(photo, liveFile(photo), maxBytes)
    if (!read) throw gone(photo)
    return read.bytes
  }

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
      await checkLive(photo, liveFile(photo), maxBytes)
      return readPinned(photo, maxBytes)
    },

    async readFound(photo, maxBytes) {
      checkSize(photo.sizeBytes, maxBytes)
      return readPinned(photo, maxBytes)
    },

    async readResult(photo, path) {
      const read = await run(photo, 'read a result of', async () => download(results(photo).file(path)))
      return read?.bytes
    },

    async writeResult(photo, path, bytes, contentType) {
      const metadata = { contentType, cacheControl: 'private, max-age=3600', ...markMetadata(mark) }
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
      const toDelete = (files ?? []).filter(({ name }) => isToDelete(name.slice(home.length), photo, which))
      // A concurrent event of the same photo may delete the same files.
      await Promise.all(
        toDelete.map((file) => run(photo, 'delete a result of', () => file.delete({ ignoreNotFound: true }))),
      )
    },
  }
}

/**
 * The client adds 12 listeners to the stream of a response (@google-cloud/storage 8.4.0, teeny-request
 * 11.1.1).
 */
const RESPONSE_LISTENERS = 20

/**
 * Downloads an object. Like `File.download()`, without the warnings of Node about more than ten listeners:
 * raises the limit for this response only.
 * @returns `generation`: of the bytes, undefined if the response does not say
 */
async function download(
  file: File,
  options: { decompress?: boolean } = {},
): Promise<{ bytes: Buffer; generation: string | undefined }> {
  const stream = file.createReadStream(options)
  let generation: string | undefined
  stream.once('response', (response: Readable & { headers: Record<string, string | undefined> }) => {
    response.setMaxListeners(RESPONSE_LISTENERS)
    // The JSON API sends it too: google-cloud-rust requires it (read_object.rs, 2026-11).
    generation = response.headers['x-goog-generation']
  })
  return { bytes: await buffer(stream), generation }
}

/** @throws VisionError `object-superseded`, `object-gone`, `file-too-large` */
async function checkLive(photo: Photo, file: File, maxBytes: number): Promise<void> {
  const metadata = await run(photo, 'find', async () => (await file.getMetadata())[0])
  if (!metadata) throw gone(photo)
  if (String(metadata.generation) !== photo.generation) {
    throw new VisionError(
      'object-superseded',
      `Cannot read ${photo.imageId}: generation ${metadata.generation} replaced ${photo.generation}`,
    )
  }
  checkSize(Number(metadata.size ?? 0), maxBytes)
}

function gone(photo: Photo): VisionError {
  return new VisionError('object-gone', `Cannot read ${photo.imageId}: the object does not exist`)
}

/** @returns undefined if the object does not exist */
async function run<T>(
  { imageId }: Pick<Photo, 'imageId'>,
  task: string,
  request: () => Promise<T>,
): Promise<T | undefined> {
  return toCloudStorage(`${task} ${imageId}`, request)
}
