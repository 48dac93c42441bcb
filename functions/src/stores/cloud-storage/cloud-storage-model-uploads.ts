import type { Storage } from '@google-cloud/storage'
import { modelInputPath } from '../../document/storage-paths.ts'
import type { ModelUploads } from '../../ports/model-files.ts'

/** As long as the Gemini API keeps its files. */
const LIFETIME_MS = 48 * 60 * 60 * 1000

/**
 * Files for Vertex AI, which reads them from Cloud Storage. They stay until a lifecycle rule of the bucket deletes them, by the time
 * that they carry (`daysSinceCustomTime`, see docs/deploying.md).
 * @param storage with IdempotencyStrategy.RetryAlways: writing the same again is no change
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
        // oxlint-disable-next-line preserve-caught-error -- the service's error names the object, in its message and in its request
        throw new Error(
          `Cannot store an image for the model: Cloud Storage failed with ${String(error.code)}`,
        )
      }
      return {
        uri: `gs://${bucket}/${file.name}`,
        expiresAt: new Date(customTime.getTime() + LIFETIME_MS),
      }
    },
  }
}
