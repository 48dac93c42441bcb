import type { PhotoVersion } from '../document/annotation.ts'
import type { ModelRequest } from './vision-model.ts'

/** A copy of an image that the model service can read. */
export type ModelFile = { uri: string; expiresAt: Date }

/** Of which image a file is a copy. `photo` is null for an image that a call contained. */
export type ModelFileSource = { owner: string | null; photo: PhotoVersion | null }

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
  /**
   * Deletes a file. A file that does not exist (any more) is not an error.
   * @throws VisionError if the service does not confirm it
   */
  remove(uri: string): Promise<void>
}

/** A record written by an earlier version has neither owner nor photo. */
export type ModelFileRecord = ModelFile & ModelFileSource & { key: string; toDelete: boolean }

/** Which record to change, and the file that it must still be about. */
export type ModelFileRef = Pick<ModelFileRecord, 'key' | 'uri'>

/** Records of uploaded files by `modelFileKey`. They expire with their files. Each method is atomic. */
export interface ModelFileStore {
  /** @returns undefined also for a file that is to be deleted */
  get(key: string): Promise<ModelFile | undefined>
  /** Another file under this key gets a record of its own, marked to delete, so that no file is lost. */
  put(key: string, file: ModelFile & ModelFileSource): Promise<void>
  /** Marks a file to delete. No request uses it from now on. */
  markToDelete(file: ModelFileRef): Promise<void>
  remove(file: ModelFileRef): Promise<void>
  /** Also files that are marked to delete, as `ofPhoto`. */
  ofOwner(owner: string, limit: number): Promise<ModelFileRecord[]>
  /** Copies of any generation of a photo. */
  ofPhoto(imageId: string, limit: number): Promise<ModelFileRecord[]>
  /** The files that are marked to delete. */
  marked(limit: number): Promise<ModelFileRecord[]>
  /** All records in the order of their keys, after `key` or from the first. */
  after(key: string | undefined, limit: number): Promise<ModelFileRecord[]>
}

/** The ports that delete files of the model service. */
export type ModelFiles = { records: ModelFileStore; uploads: Pick<ModelUploads, 'remove'> }
