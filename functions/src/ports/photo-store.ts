import type { DeletedPhoto, Photo } from '../document/annotation.ts'
import type { ResultsToDelete } from '../document/claim.ts'

/** Uploads and their result files (`resultPaths`). Errors contain ids, never names, which may be personal. */
export interface PhotoStore {
  /** The live generation of an object. `owner` is the uid in the object's name (`uploadPattern`). */
  findUpload(bucket: string, name: string, owner: string | null): Promise<Photo | undefined>
  /**
   * Reads the bytes of exactly this generation.
   * @throws VisionError `object-gone`, `object-superseded`, `empty-file`, `file-too-large`
   */
  readUpload(photo: Photo, maxBytes: number): Promise<Buffer>
  /** The same for a photo that `findUpload` has just returned: looks the object up only if it was replaced. */
  readFound(photo: Photo, maxBytes: number): Promise<Buffer>
  /** @returns undefined if the file does not exist */
  readResult(photo: Photo, path: string): Promise<Buffer | undefined>
  /** Repeating a write changes nothing. */
  writeResult(photo: Photo, path: string, bytes: Buffer, contentType: string): Promise<void>
  /** Deletes results of the photo. Those of newer generations stay. */
  deleteResults(photo: DeletedPhoto, which: ResultsToDelete): Promise<void>
}
