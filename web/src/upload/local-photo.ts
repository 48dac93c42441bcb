/** `waiting`: for a free place in the queue, or for the connection. */
export type UploadState =
  | { state: 'waiting' }
  | { state: 'running'; fraction: number }
  | { state: 'done' }
  | { state: 'failed'; message: string }
  | { state: 'cancelled' }

/** A photo that was added since the page was loaded. */
export type LocalPhoto = {
  fileName: string
  /** The object URL of the local file; null for formats that most browsers cannot show. */
  url: string | null
  startedAt: Date
  upload: UploadState
}
