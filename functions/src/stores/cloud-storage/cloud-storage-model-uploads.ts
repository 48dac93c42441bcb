import type { Storage } from '@google-cloud/storage'
import { modelInputPath } from '../../document/storage-paths.ts'
import type { ModelUploads } from '../../ports/model-files.ts'
import { toCloudStorage } from './cloud-storage-failure.ts'

/** The same as in the Gemini API. */
const LIFETIME_MS = 48 * 60 * 60 * 1000

const OBJECT_URI = /^gs:\/\/([^/]+)\/(.+)$/

/**
 * Files for Vertex AI, which reads them from Cloud Storage. A lifecycle rule of the bucket deletes them by
 * their custom time (`daysSinceCustomTime`, see docs/deploy.md).
 * @param storage with IdempotencyStrategy.RetryAlways: repeating a write changes nothing
 */
export function cloudStorageModelUploads(
  storage: Storage,
  bucket: string,
  now: () => Date = () => new Date(),
): ModelUploads {
  return {
    async upload({ owner, sha256, mimeType, data }, signal) {
      signal?.throwIfAborted()
      const file = storage.bucket(bucket).file(modelInputPath(owner, sha256, mimeType))
      const customTime = now()
      const metadata = { contentType: mimeType, customTime: customTime.toISOString() }
      try {
        await file.save(data, { resumable: false, validation: false, metadata })
      } catch (error) {
        if (!(error instanceof Error && 'code' in error)) throw error
        // oxlint-disable-next-line preserve-caught-error -- the service's error contains the object's name
        throw new Error(
          `Cannot store an image for the model: Cloud Storage failed with ${String(error.code)}`,
        )
      }
      return {
        uri: `gs://${bucket}/${file.name}`,
        expiresAt: new Date(customTime.getTime() + LIFETIME_MS),
      }
    },

    async remove(uri) {
      const [, from, name] = OBJECT_URI.exec(uri) ?? []
      if (!from || !name)
        throw new Error('Cannot delete an image for the model: its URI is not of Cloud Storage')
      const file = storage.bucket(from).file(name)
      await toCloudStorage('delete an image for the model', async () => file.delete({ ignoreNotFound: true }))
    },
  }
}
