import type { DeletedPhoto, Photo } from '../document/annotation.ts'
import type { ResultsToDelete } from '../document/claim.ts'

/** Uploads and their result files (`resultPaths`). Errors contain ids, never names, which may be personal. */
export interface PhotoStore {
  /** The live generation of an object. `owner` is the uid in the object's name (`uploadPattern`). */
  findUpload(bucket: string, name: string, owner: string | null): Promise<Photo | undefined>
  /**
   * Reads the bytes of exactly this generation, which must be the live one when the read begins.
   * @throws VisionError `object-gone`, `object-superseded`, `empty-file`, `file-too-large`
   */
  readUpload(photo: Photo, maxBytes: number): Promise<Buffer>
  /**
   * Reads the live generation of an object, with one request.
   * @returns undefined if there is none
   * @throws VisionError as `readUpload`
   */
  readLive(
    object: Pick<Photo, 'bucket' | 'name' | 'owner'>,
    maxBytes: number,
  ): Promise<{ photo: Photo; bytes: Buffer } | undefined>
  /** @returns undefined if the file does not exist */
  readResult(photo: Photo, path: string): Promise<Buffer | undefined>
  /** Repeating a write changes nothing. */
  writeResult(photo: Photo, path: string, bytes: Buffer, contentType: string): Promise<void>
  /** Deletes results of the photo. Those of newer generations stay. */
  deleteResults(photo: DeletedPhoto, which: ResultsToDelete): Promise<void>
}
