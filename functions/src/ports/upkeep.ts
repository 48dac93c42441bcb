import type { Annotation, Tombstone } from '../document/annotation.ts'
import type { StateCollection, StatePath } from '../document/state-collections.ts'

/** The ports that only maintenance needs: the sweeper, the queue and backfills. */
export type Upkeep = {
  annotations: AnnotationIndex
  objects: ObjectLister
  queue: PhotoQueue
  progress: ProgressStore
}

/** The fields of a document that reference files. */
export const FILE_FIELDS = ['objects', 'overlay', 'preview', 'thumbnail', 'steps'] as const

/** A document with its id. `FILE_FIELDS` are present only if requested. */
export type IndexEntry = LiveEntry | DeletedEntry

export type LiveEntry = Pick<
  Annotation,
  'owner' | 'bucket' | 'name' | 'generation' | 'contentType' | 'sizeBytes' | 'status' | 'updatedAt'
> &
  Partial<Pick<Annotation, 'error' | 'dueAt' | 'dueShard' | (typeof FILE_FIELDS)[number]>> & {
    imageId: string
  }

/** A tombstone with its id. */
export type DeletedEntry = Pick<Tombstone, 'owner' | 'bucket' | 'generation' | 'status' | 'updatedAt'> & {
  imageId: string
}

/** A document of a user. */
export type OwnedEntry = IndexEntry & Pick<Annotation, 'createdAt'>

/** A position in the order of due annotations. */
export type DuePosition = Pick<LiveEntry, 'imageId' | 'dueAt'>

/** A position in the order of owners and `dueAt`. */
export type OwnerPosition = DuePosition & Pick<LiveEntry, 'owner'>

/** Lists annotations. */
export interface AnnotationIndex {
  /**
   * Annotations with `dueAt` up to `now`, the longest overdue first, after `after` or from the first. Without
   * those that were last written by versions without `dueShard`.
   */
  due(now: Date, limit: number, after?: DuePosition): Promise<LiveEntry[]>
  /**
   * Annotations with `dueAt` up to `now` of the owners after `owner`, in the order of owners and `dueAt`, after
   * `after` or from the first. With null only those without an owner. Of all versions, also without `dueShard`.
   */
  dueAfterOwner(owner: string | null, now: Date, limit: number, after?: OwnerPosition): Promise<LiveEntry[]>
  /** The annotations with these ids that exist, by id. `withFiles` adds `FILE_FIELDS`. */
  find(imageIds: readonly string[], options?: { withFiles: boolean }): Promise<Map<string, IndexEntry>>
  /** All annotations in the order of their ids, after `imageId` or from the first, and before `end`. */
  after(imageId: string | undefined, limit: number, end?: string): Promise<IndexEntry[]>
  /** All annotations of an owner, in the order of their ids, after `imageId` or from the first. */
  ofOwner(owner: string, imageId: string | undefined, limit: number): Promise<OwnedEntry[]>
}

/**
 * `contentType`: as declared, undefined if it is not known. `isForeign`, of a result: documents in another
 * collection or database reference it.
 */
export type ListedObject = {
  name: string
  generation: string
  createdAt: Date
  contentType?: string | undefined
  isForeign?: boolean
}

/** Names from `from`, inclusive, to `to`, exclusive, in the order of their UTF-8 bytes. */
export type NameRange = { from?: string; to?: string }

/** Lists the objects of a bucket. */
export interface ObjectLister {
  /** A page of the live objects whose names start with `prefix`, in the order of their names. */
  list(
    bucket: string,
    prefix: string,
    pageToken: string | undefined,
    range?: NameRange,
  ): Promise<{ objects: ListedObject[]; nextPageToken: string | undefined }>
  /** Deletes exactly this generation. A newer one stays. */
  remove(bucket: string, object: ListedObject): Promise<void>
}

/** `backfill`: the backfill that queued the photo. `retry`: also run the missing steps of an ended photo. */
export type QueuedPhoto = {
  bucket: string
  name: string
  backfill?: string | undefined
  retry?: boolean | undefined
}

/** A queue that runs photos at a limited rate. */
export interface PhotoQueue {
  /**
   * @param id `[A-Za-z0-9_-]`, up to 500 characters. Of several tasks with the same id, even hours apart,
   * only the first is queued.
   */
  enqueue(photo: QueuedPhoto, id: string): Promise<'enqueued' | 'known'>
  /** A known limitation of the queue, for operators. */
  limitation?(): string | undefined
}

/** Progress of long work. The readers validate the values. */
export interface ProgressStore {
  read(path: StatePath): Promise<unknown>
  /**
   * Replaces the current value (undefined if there is none) with the result of `change`. Atomic: concurrent
   * changes see each other.
   * @returns the written value; undefined if `change` returned undefined, and then nothing was written
   */
  change<T extends object>(path: StatePath, change: (found: unknown) => T | undefined): Promise<T | undefined>
  /** The ids of the documents of a collection with this `state`. */
  withState(collection: StateCollection, state: string, limit: number): Promise<string[]>
  /** The ids of the documents of a collection with `dueAt` up to `now`, the longest overdue first. */
  due(collection: StateCollection, now: Date, limit: number): Promise<string[]>
}
