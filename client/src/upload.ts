import { type FirebaseStorage, ref, type UploadTask, uploadBytesResumable } from 'firebase/storage'
import { CLIENT_FAILURES, cancelledError, FiresightError } from './error.ts'
import { toFiresightError } from './firebase-error.ts'
import { checkUploadSize, type PhotoType } from './formats.ts'
import { scaleDown } from './scale-down.ts'

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
  /**
   * In browsers: a photo with more pixels (width times height) is scaled down before it is sent, for example
   * with 4_000_000. The copy keeps the format (JPEG, PNG or WebP), is upright, and has no metadata. HEIC and
   * HEIF photos and files that the browser cannot decode are sent unchanged. By default, no photo is scaled.
   */
  maxPixels?: number | undefined
  /** Nothing is read or sent before this promise resolves: for queues. Path and id are known immediately. */
  startWhen?: Promise<unknown> | undefined
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

/**
 * Sends a photo as a resumable upload, which survives interruptions of the connection. While the browser is
 * offline, the upload is paused.
 */
export async function send(
  storage: FirebaseStorage,
  { bytes, path, contentType }: Photo,
  { onProgress, signal, startWhen, maxPixels }: UploadOptions,
): Promise<void> {
  await startOf(startWhen, signal)
  const data = maxPixels === undefined ? bytes : await scaleDown(asBlob(bytes), contentType, maxPixels)
  checkUploadSize({ size: data instanceof Uint8Array ? data.byteLength : data.size, ...nameOf(bytes) })
  if (signal?.aborted) throw cancelledError('upload', signal.reason)
  const task = uploadBytesResumable(ref(storage, path), data, {
    contentType,
    // Upload names are unique, so the bytes of a name never change.
    cacheControl: 'private, max-age=31536000, immutable',
  })
  const stopFollowing = followConnection(task)
  const cancel = () => {
    task.resume() // The SDK (12.19) does not cancel a paused task.
    task.cancel()
  }
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
    stopFollowing()
  }
}

/** @throws FiresightError `cancelled` if the upload is cancelled while it waits */
async function startOf(
  startWhen: Promise<unknown> | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (!startWhen) return
  let stop = () => {}
  const aborted = new Promise<void>((resolve) => {
    stop = resolve
    signal?.addEventListener('abort', stop)
  })
  await Promise.race([startWhen, aborted]).finally(() => signal?.removeEventListener('abort', stop))
  if (signal?.aborted) throw cancelledError('upload', signal.reason)
}

/** The part of the DOM that is used here. This package also runs outside browsers. */
type Listen = (event: 'online' | 'offline', listener: () => void) => void
type Dom = { addEventListener?: Listen; removeEventListener?: Listen }

/**
 * Pauses the task while the browser is offline. Otherwise its retries would end after ten minutes, and the
 * next retry could be a minute away when the connection returns.
 */
function followConnection(task: UploadTask): () => void {
  const dom = globalThis as unknown as Dom
  const pause = () => task.pause()
  const resume = () => task.resume()
  dom.addEventListener?.('offline', pause)
  dom.addEventListener?.('online', resume)
  return () => {
    dom.removeEventListener?.('offline', pause)
    dom.removeEventListener?.('online', resume)
  }
}

function asBlob(bytes: Blob | Uint8Array): Blob {
  return bytes instanceof Uint8Array ? new Blob([new Uint8Array(bytes)]) : bytes
}

function nameOf(bytes: Blob | Uint8Array): { name?: string } {
  return 'name' in bytes && typeof bytes.name === 'string' ? { name: bytes.name } : {}
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
