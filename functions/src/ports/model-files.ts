import type { ModelRequest } from './vision-model.ts'

/** A copy of an image that the model service can read. */
export type ModelFile = { uri: string; expiresAt: Date }

/** An image to upload. `sha256` is of `data`, in hex. */
export type ModelImage = { owner: string | null; sha256: string; mimeType: string; data: Buffer }

export type Patience = Pick<ModelRequest, 'maxWaitMs' | 'timeLeftMs'> & {
  /** Receives each pause before another attempt, in milliseconds. Polling of a file is working time. */
  waited?: ((ms: number) => void) | undefined
}

/**
 * Uploads images for the model. Adapters: `files-api.ts` for the Gemini API, `cloud-storage-model-uploads.ts`
 * for Vertex AI.
 */
export interface ModelUploads {
  /**
   * Returns when the file is ready. Uploading the same image again is not an error.
   * @param patience how long the request may wait
   * @throws VisionError `model-*`; anything else as it is
   */
  upload(image: ModelImage, signal?: AbortSignal, patience?: Patience): Promise<ModelFile>
}

/** Uploaded files by `modelFileKey`. Of two concurrent writes the last stays. */
export interface ModelFileStore {
  get(key: string): Promise<ModelFile | undefined>
  put(key: string, file: ModelFile): Promise<void>
  remove(key: string): Promise<void>
}
