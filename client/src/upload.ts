import { type FirebaseStorage, ref, uploadBytesResumable } from 'firebase/storage'
import { CLIENT_FAILURES, cancelledError, FiresightError } from './error.ts'
import { toFiresightError } from './firebase-error.ts'
import type { PhotoType } from './formats.ts'

export type UploadProgress = {
  /** 0 to 1. */
  fraction: number
  bytes: number
  totalBytes: number
}

export type UploadOptions = {
  /** Said as bytes arrive; at least once at the end. */
  onProgress?: ((progress: UploadProgress) => void) | undefined
  /** The type, where the file does not say it itself: bytes, or a Blob without a type. */
  contentType?: PhotoType | undefined
  /** Cancels the upload: `done` rejects with `cancelled`. Later it does nothing. */
  signal?: AbortSignal | undefined
}

/** An upload that has begun. */
export type Upload = {
  /** The object's name, for calls about it. */
  path: string
  /** The id of its document, to be watched from now on. */
  imageId: string
  /** When every byte is stored. Rejects with a FiresightError if that fails. */
  done: Promise<void>
}

type Photo = { bytes: Blob | Uint8Array; path: string; contentType: PhotoType }

/** Sends a photo, resumably: short losses of the connection do not matter. */
export async function send(
  storage: FirebaseStorage,
  { bytes, path, contentType }: Photo,
  { onProgress, signal }: UploadOptions,
): Promise<void> {
  const task = uploadBytesResumable(ref(storage, path), bytes, {
    contentType,
    // A name is never written twice, so its bytes never change.
    cacheControl: 'private, max-age=31536000, immutable',
  })
  const cancel = () => task.cancel()
  signal?.addEventListener('abort', cancel)
  task.on('state_changed', ({ bytesTransferred, totalBytes }) =>
    onProgress?.({ fraction: bytesTransferred / totalBytes, bytes: bytesTransferred, totalBytes }),
  )
  try {
    await task
    const { bytesTransferred, totalBytes } = task.snapshot
    onProgress?.({ fraction: 1, bytes: bytesTransferred, totalBytes })
  } catch (error) {
    if (signal?.aborted) throw cancelledError('upload', signal.reason)
    throw uploadError(error)
  } finally {
    signal?.removeEventListener('abort', cancel)
  }
}

/** In words for the person who waits for it. */
const WORDS: Record<string, string> = {
  'permission-denied':
    'Storage refused the photo: its rules take PNG, JPEG, WebP, HEIC and HEIF of up to 20 MB from a signed-in user.',
  network: 'The connection was lost for too long. Add the photo again once you are online.',
  'storage-full': `${CLIENT_FAILURES['storage-full'].message} Its owner has to make room before photos can be added.`,
}

function uploadError(error: unknown): FiresightError {
  const failure = toFiresightError(error)
  const { code, retryable, cause } = failure
  const message = WORDS[code]
  return message ? new FiresightError({ code, message, retryable, cause }) : failure
}
