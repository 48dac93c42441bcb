import type { Photo } from '../annotations/annotation.ts'

/** Uploaded photos and the files made of them. */
export interface PhotoStore {
  /**
   * The bytes of exactly this generation.
   * @throws VisionError `object-gone`, `object-superseded`, `file-too-large`
   */
  read(photo: Photo, maxBytes: number): Promise<Buffer>
  /** Writes a result of the photo; writing it again is no change. */
  write(photo: Photo, path: string, bytes: Buffer, contentType: string): Promise<void>
  /** Deletes every result under the folder. */
  deleteFolder(photo: Photo, folder: string): Promise<void>
}
