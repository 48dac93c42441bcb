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
  /** Called as bytes are sent, and at least once at the end. */
  onProgress?: ((progress: UploadProgress) => void) | undefined
  /** The values of the placeholders of `uploadPath` other than `{uid}` and the file name. */
  segments?: Readonly<Record<string, string>> | undefined
  /** The content type, for bytes or a Blob without a type. */
  contentType?: PhotoType | undefined
  /** Cancels the upload: `done` rejects with `cancelled`. Has no effect after the upload has finished. */
  signal?: AbortSignal | undefined
}

/** A started upload. */
export type Upload = {
  /** The object name, for calls about the photo. */
  path: string
  /** The id of the photo's document, which can be watched immediately. */
  imageId: string
  /** Resolves when the photo is stored. Rejects with a FiresightError if the upload fails. */
  done: Promise<void>
}

type Photo = { bytes: Blob | Uint8Array; path: string; contentType: PhotoType }

/** Sends a photo as a resumable upload, which survives short interruptions of the connection. */
export async function send(
  storage: FirebaseStorage,
  { bytes, path, contentType }: Photo,
  { onProgress, signal }: UploadOptions,
): Promise<void> {
  const task = uploadBytesResumable(ref(storage, path), bytes, {
    contentType,
    // Upload names are unique, so the bytes of a name never change.
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

/** Messages for the user who uploads. */
const MESSAGES: Record<string, string> = {
  'permission-denied':
    'The upload was denied. Sign in, and choose a PNG, JPEG, WebP, HEIC or HEIF photo of at most 20 MB.',
  network: 'The connection was lost. Upload the photo again when you are online.',
  'storage-full': `${CLIENT_FAILURES['storage-full'].message} Contact the owner of the app.`,
}

function uploadError(error: unknown): FiresightError {
  const failure = toFiresightError(error)
  const { code, retryable, cause } = failure
  const message = MESSAGES[code]
  return message ? new FiresightError({ code, message, retryable, cause }) : failure
}
