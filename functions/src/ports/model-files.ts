import type { ModelRequest } from './vision-model.ts'

/** A copy of an image where the model service can read it. */
export type ModelFile = { uri: string; expiresAt: Date }

/** An image on its way there. `sha256` is of `data`, in hex. */
export type ModelImage = { owner: string | null; sha256: string; mimeType: string; data: Buffer }

export type Patience = Pick<ModelRequest, 'maxWaitMs' | 'timeLeftMs'>

/** Makes files of images. Adapters: `files-api.ts` for the Gemini API, `cloud-storage-model-uploads.ts` for Vertex AI. */
export interface ModelUploads {
  /**
   * The file is ready to be used when it returns. Uploading the same image again is no error.
   * @param patience how long the request that needs the file may be held up
   * @throws VisionError `model-*`; anything else as it is
   */
  upload(image: ModelImage, signal?: AbortSignal, patience?: Patience): Promise<ModelFile>
}

/** Which files there are, by `modelFileKey`. Of two that are put at once one stays. Adapters: `firestore-model-files.ts`, `memory-model-files.ts`. */
export interface ModelFileStore {
  get(key: string): Promise<ModelFile | undefined>
  put(key: string, file: ModelFile): Promise<void>
  remove(key: string): Promise<void>
}
