import type { Annotation } from '@firesight/client'
import type { LocalPhoto } from './local-photo.ts'

/** A file that was added since the page was loaded, in the upload queue. */
export type UploadRow = {
  id: number
  file: File
  /** Known when the upload has started or waits in the queue. A retry has another one. */
  imageId: string | undefined
  /** For the pages of the photo. */
  local: LocalPhoto
  /** Why the file was not accepted. */
  refusal: string | undefined
  /** The document, when the photo is stored and the functions have created it. */
  annotation: Annotation | undefined
  /** Whether the queue shows the row. */
  isListed: boolean
}

/** `postponed`: the service continues later. `rejected`: by its type or size, or by the functions. */
export type RowState =
  | 'waiting'
  | 'uploading'
  | 'processing'
  | 'annotated'
  | 'postponed'
  | 'failed'
  | 'cancelled'
  | 'rejected'

const UPLOAD_STATES = {
  waiting: 'waiting',
  running: 'uploading',
  done: 'processing',
  failed: 'failed',
  cancelled: 'cancelled',
} as const

const STATUSES: Record<Annotation['status'], RowState> = {
  processing: 'processing',
  succeeded: 'annotated',
  partial: 'annotated',
  rejected: 'rejected',
  blocked: 'failed',
  failed: 'failed',
  deferred: 'postponed',
  superseded: 'failed',
}

export function stateOf({ refusal, annotation, local }: UploadRow): RowState {
  if (refusal !== undefined) return 'rejected'
  return annotation ? STATUSES[annotation.status] : UPLOAD_STATES[local.upload.state]
}

/** Whether the file is still needed. */
export function isUploading(row: UploadRow): boolean {
  const state = stateOf(row)
  return state === 'waiting' || state === 'uploading'
}

/** Whether nothing more happens with the row. */
export function isFinished(row: UploadRow): boolean {
  return !isUploading(row) && stateOf(row) !== 'processing'
}

/** The share that has been uploaded, 0 to 1. */
export function fractionOf({ annotation, local: { upload } }: UploadRow): number {
  if (annotation || upload.state === 'done') return 1
  return upload.state === 'running' ? upload.fraction : 0
}

export type Summary = {
  /** Without cancelled files and files that were not accepted. */
  total: number
  uploaded: number
  /** Annotated. */
  done: number
  /** Of the uploads and annotations together, 0 to 1: each is half of the work. */
  fraction: number
  isUploading: boolean
  /** "2 of 5 done, 1 failed" */
  text: string
}

export function summaryOf(rows: readonly UploadRow[]): Summary {
  const counts = Map.groupBy(rows, stateOf)
  const count = (state: RowState) => counts.get(state)?.length ?? 0
  const taken = rows.filter((row) => row.refusal === undefined && stateOf(row) !== 'cancelled')
  const total = taken.length
  const done = count('annotated')
  const ended = taken.filter(isFinished).length
  const uploaded = taken.reduce((sum, row) => sum + fractionOf(row), 0)
  const others = (['failed', 'rejected', 'postponed', 'cancelled'] as const)
    .filter((state) => count(state) > 0)
    .map((state) => `${count(state)} ${state === 'rejected' ? 'not accepted' : state}`)
  return {
    total,
    uploaded: taken.filter((row) => fractionOf(row) === 1).length,
    done,
    fraction: total === 0 ? 1 : (uploaded + ended) / (2 * total),
    isUploading: rows.some(isUploading),
    text: [...(total > 0 ? [`${done} of ${total} done`] : []), ...others].join(', '),
  }
}
