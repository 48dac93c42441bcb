import type { Photo } from '../document/annotation.ts'
import type { ResultsToDelete } from '../document/claim.ts'

/** Uploaded photos, and the files made of them (`resultPaths`). Messages of errors name ids, never objects: people name their files. */
export interface PhotoStore {
  /** The live generation of an object, or undefined if there is none. `owner` is who it belongs to by its name (`uploadPattern`). */
  findUpload(bucket: string, name: string, owner: string | null): Promise<Photo | undefined>
  /**
   * The bytes of exactly this generation.
   * @throws VisionError `object-gone`, `object-superseded`, `empty-file`, `file-too-large`
   */
  readUpload(photo: Photo, maxBytes: number): Promise<Buffer>
  /** @returns undefined if there is no such file */
  readResult(photo: Photo, path: string): Promise<Buffer | undefined>
  /** Writing the same again is no change. */
  writeResult(photo: Photo, path: string, bytes: Buffer, contentType: string): Promise<void>
  /** Deletes results of the photo. Those of newer generations stay. */
  deleteResults(photo: Photo, which: ResultsToDelete): Promise<void>
}
