import type { Size } from '../document/box.ts'

/** A part of a limit, until it is released. */
export type Part = { release: () => void }

/**
 * Memory and decoding slots, which all photos and calls of one instance share. Each waits for its turn.
 * All methods throw the reason of the signal when it is aborted.
 */
export interface InstanceLimits {
  /** Memory for an upload of this size. */
  acquireUpload(bytes: number, signal: AbortSignal): Promise<Part>
  /**
   * Memory for the model requests with a copy of the image, or with the image itself if it is not decodable.
   * `correct` receives the bytes of the copy, when it has been made.
   */
  acquireRequests(
    image: { decodable: boolean; bytes: { length: number } },
    copy: Size,
    signal: AbortSignal,
  ): Promise<Part & { correct: (bytes: number) => void }>
  /** A slot to decode an image, by the HEIC decoder if it starts that. */
  acquireDecoder(startsHeicDecoder: boolean, signal: AbortSignal): Promise<Part>
}
