import { type Permit, Semaphore } from '../concurrency.ts'
import type { Size } from '../document/box.ts'
import { MAX_INLINE_ORIGINAL_BYTES } from './limits.ts'
import type { SourceImage } from './source-image.ts'

// Limits of one instance, which all its photos and calls share. Most of the time a photo waits for the model
// and needs little memory, so an instance runs many of them. docs/performance.md has the measured memory.
//
// Every photo takes its parts in this order: bytes of the upload, bytes of its requests, the HEIC decoder, a
// decoding slot. One that waits for a part holds only earlier ones, so photos cannot block each other.

const MEBIBYTE = 2 ** 20

/**
 * Memory of the requests for an image, per byte of the image: the image itself and, for each of the two model
 * steps, its base64 text, the body as text and the body as bytes (4/3 each).
 */
const REQUEST_BYTES_PER_BYTE = 9
/** The same for an original that is uploaded once for both steps: the image, and the body of its upload. */
const UPLOAD_BYTES_PER_BYTE = 3
/** JPEG copies of noise take up to 0.95 bytes a pixel, those of photos 0.1 to 0.4. */
const MAX_COPY_BYTES_PER_PIXEL = 1

type Releasable = Pick<Permit, 'release'>
/** `correct` receives the bytes of the copy, when it has been made. */
type RequestsPart = Releasable & { correct: (bytes: number) => void }

export class InstanceLimits {
  /** Uploads in memory: eight of the default MAX_IMAGE_BYTES. A larger upload is alone. */
  private readonly uploads = new Semaphore(160 * MEBIBYTE)
  /** What requests take until the results are stored: the images in them, and their bodies. */
  private readonly requests = new Semaphore(256 * MEBIBYTE)
  /** The HEIC decoder takes up to 700 MB for a photo of 48 megapixels. */
  private readonly heicDecoder = new Semaphore(1)
  /** Decoding and colour conversion take up to 250 MB, and all of the single CPU. */
  private readonly decoding = new Semaphore(2)

  /** @throws the reason of `signal` */
  async acquireUpload(bytes: number, signal: AbortSignal): Promise<Permit> {
    return this.uploads.acquire(bytes, signal)
  }

  /**
   * Called before the copy is made, so it takes as much as the largest copy of this size needs. `correct`
   * returns the rest.
   * @param copy the size of the copy in pixels
   * @throws the reason of `signal`
   */
  async acquireRequests(
    { decodable, bytes: { length } }: Pick<SourceImage, 'decodable' | 'bytes'>,
    copy: Size,
    signal: AbortSignal,
  ): Promise<RequestsPart> {
    const estimate = decodable ? copy.width * copy.height * MAX_COPY_BYTES_PER_PIXEL : length
    const isUploaded = !decodable && length > MAX_INLINE_ORIGINAL_BYTES
    const factor = isUploaded ? UPLOAD_BYTES_PER_BYTE : REQUEST_BYTES_PER_BYTE
    const { release, resize } = await this.requests.acquire(estimate * factor, signal)
    return { release, correct: (bytes) => resize(bytes * factor) }
  }

  /**
   * Waits for a slot to decode an image.
   * @param startsHeicDecoder the work starts the HEIC decoder, at least to read the size
   * @throws the reason of `signal`
   */
  async acquireDecoder(startsHeicDecoder: boolean, signal: AbortSignal): Promise<Releasable> {
    if (!startsHeicDecoder) return this.decoding.acquire(1, signal)
    // First the decoder: a photo that waits for it must not occupy a slot.
    const decoder = await this.heicDecoder.acquire(1, signal)
    try {
      const slot = await this.decoding.acquire(1, signal)
      return {
        release: () => {
          slot.release()
          decoder.release()
        },
      }
    } catch (error) {
      decoder.release()
      throw error
    }
  }

  /** Runs work with a slot to decode an image. @throws as `acquireDecoder`; errors of the work as they are */
  async withDecoder<T>(startsHeicDecoder: boolean, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const slot = await this.acquireDecoder(startsHeicDecoder, signal)
    try {
      return await work()
    } finally {
      slot.release()
    }
  }
}

/** Those of this process. */
export const instanceLimits = new InstanceLimits()
