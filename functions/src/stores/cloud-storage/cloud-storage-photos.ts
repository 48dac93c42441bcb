import type { Readable } from 'node:stream'
import type { File, Storage } from '@google-cloud/storage'
import type { Photo } from '../../document/annotation.ts'
import { isToDelete } from '../../document/claim.ts'
import { imageIdOf, resultPaths } from '../../document/storage-paths.ts'
import { StorageRefusal, VisionError } from '../../errors.ts'
import { checkSize } from '../../image/limits.ts'
import type { PhotoStore } from '../../ports/photo-store.ts'
import { toCloudStorage } from './cloud-storage-failure.ts'
import { markMetadata, type ResultMark } from './result-mark.ts'

const UPLOAD_TIMEOUT_MS = 60_000

/**
 * Photos in Cloud Storage. Results are written to `outputBucket`, or to the photo's bucket if it is empty.
 * @param storage with IdempotencyStrategy.RetryAlways: repeating a write changes nothing
 * @param mark of the results (`resultMark`)
 * @param uploadTimeoutMs of a write of a result, with its retries
 */
export function cloudStoragePhotos(
  storage: Storage,
  outputBucket: string,
  mark?: ResultMark,
  uploadTimeoutMs = UPLOAD_TIMEOUT_MS,
): PhotoStore {
  const results = (photo: Pick<Photo, 'bucket'>) => storage.bucket(outputBucket || photo.bucket)
  const liveFile = ({ bucket, name }: Photo) => storage.bucket(bucket).file(name)

  /** @throws VisionError `object-gone`, `object-superseded` */
  async function readPinned(photo: Photo, maxBytes: number): Promise<Buffer> {
    const pinned = storage.bucket(photo.bucket).file(photo.name, { generation: photo.generation })
    // Content marked as gzip is not unpacked. It is rejected later, because it is not an image.
    const read = await run(photo, 'read', async () => download(pinned, maxBytes, { decompress: false }))
    // A missing generation may have been replaced. The emulator sends another one instead.
    if (read?.generation !== photo.generation) await checkLive(photo, liveFile(photo), maxBytes)
    if (!read) throw gone(photo)
    checkSize(read.bytes.length, maxBytes)
    return read.bytes
  }

  async function findUpload(bucket: string, name: string, owner: string | null): Promise<Photo | undefined> {
    const about = { imageId: imageIdOf(bucket, name), owner, bucket, name }
    const metadata = await run(
      about,
      'find',
      async () => (await storage.bucket(bucket).file(name).getMetadata())[0],
    )
    if (!metadata) return undefined
    const { generation, contentType = '', size } = metadata
    return { ...about, generation: String(generation), contentType, sizeBytes: Number(size ?? 0) }
  }

  return {
    findUpload,

    async readUpload(photo, maxBytes) {
      // As the event says, so that a photo that is too large is not downloaded.
      checkSize(photo.sizeBytes, maxBytes)
      // A bucket with versioning still has the bytes of a photo that was deleted or replaced. The lookup is
      // faster than the download. Both are waited for, so that nothing continues after the run.
      const [read, live] = await Promise.allSettled([
        readPinned(photo, maxBytes),
        checkLive(photo, liveFile(photo), maxBytes),
      ])
      if (live.status === 'rejected') throw live.reason
      if (read.status === 'rejected') throw read.reason
      return read.value
    },

    async readLive({ bucket, name, owner }, maxBytes) {
      const about = { imageId: imageIdOf(bucket, name), owner, bucket, name }
      const file = storage.bucket(bucket).file(name)
      const read = await run(about, 'read', async () => download(file, maxBytes, { decompress: false }))
      if (!read) return undefined
      const { bytes, generation, contentType } = read
      if (generation !== undefined) {
        checkSize(bytes.length, maxBytes)
        return { photo: { ...about, generation, contentType, sizeBytes: bytes.length }, bytes }
      }
      const photo = await findUpload(bucket, name, owner)
      return photo && { photo, bytes: await readPinned(photo, maxBytes) }
    },

    async readResult(photo, path) {
      const read = await run(photo, 'read a result of', async () =>
        download(results(photo).file(path), Number.POSITIVE_INFINITY),
      )
      return read?.bytes
    },

    async writeResult(photo, path, bytes, contentType) {
      const metadata = { contentType, cacheControl: 'private, max-age=3600', ...markMetadata(mark) }
      const file = results(photo).file(path)
      await run(photo, 'write a result of', () =>
        withinTime(
          uploadTimeoutMs,
          `write a result of ${photo.imageId}`,
          file.save(bytes, { resumable: false, validation: false, metadata }),
        ),
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
      const ended = await Promise.allSettled(
        toDelete.map((file) => run(photo, 'delete a result of', () => file.delete({ ignoreNotFound: true }))),
      )
      const reasons = ended.flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : []))
      // A transient failure is retried, and then a refusal is seen again.
      const failure = reasons.find((reason) => !(reason instanceof StorageRefusal)) ?? reasons[0]
      if (failure) throw failure
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
 * @throws VisionError `file-too-large` as soon as this is known
 */
async function download(
  file: File,
  maxBytes: number,
  options: { decompress?: boolean } = {},
): Promise<{ bytes: Buffer; generation: string | undefined; contentType: string }> {
  const stream = file.createReadStream(options)
  let headers: Record<string, string | undefined> = {}
  stream.once('response', (response: Readable & { headers: typeof headers }) => {
    response.setMaxListeners(RESPONSE_LISTENERS)
    headers = response.headers
  })
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    length += chunk.length
    const announced = Number(headers['content-length'] ?? 0)
    // Leaving the loop closes the connection.
    if (Math.max(announced, length) > maxBytes) checkSize(Math.max(announced, length), maxBytes)
  }
  // The JSON API sends the generation too: google-cloud-rust requires it (read_object.rs, 2026-11).
  const { 'x-goog-generation': generation, 'content-type': contentType = '' } = headers
  return { bytes: Buffer.concat(chunks, length), generation, contentType }
}

/**
 * Ends the wait for a request. The client cannot abort it, and node-fetch 3 ignores the client's `timeout`
 * (teeny-request 11.1.1). A late write has the same bytes as the next attempt, or a path
 * that no later attempt uses.
 * @throws VisionError `storage-unavailable`
 */
async function withinTime<T>(timeoutMs: number, task: string, request: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    const message = `Cannot ${task}: no answer from Cloud Storage after ${timeoutMs} ms`
    reject(new VisionError('storage-unavailable', message))
  }, timeoutMs)
  try {
    return await Promise.race([request, promise])
  } finally {
    clearTimeout(timer)
  }
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
