import type { Annotation } from '../document/annotation.ts'

/** A document with its id. `objects`, `overlay`, `preview` and `steps` only where they were asked for. */
export type IndexEntry = Pick<
  Annotation,
  'owner' | 'bucket' | 'name' | 'generation' | 'contentType' | 'sizeBytes' | 'status' | 'updatedAt'
> &
  Partial<Pick<Annotation, 'dueAt' | 'objects' | 'overlay' | 'preview' | 'steps'>> & { imageId: string }

/** Annotations as the sweeper goes through them. */
export interface AnnotationIndex {
  /** Those that should have ended by now, the longest overdue first. */
  due(now: Date, limit: number): Promise<IndexEntry[]>
  /** Those of these ids that there are, by id. `withFiles`: also the fields that name files. */
  find(imageIds: readonly string[], options?: { withFiles: boolean }): Promise<Map<string, IndexEntry>>
  /** All, in the order of their ids, those after `imageId` or from the first. */
  after(imageId: string | undefined, limit: number): Promise<IndexEntry[]>
}
