import type { AnnotationIndex } from './annotation-index.ts'
import type { ObjectLister } from './object-lister.ts'
import type { PhotoQueue } from './photo-queue.ts'
import type { ProgressStore } from './progress-store.ts'

/** What the sweeper and backfills need besides what photos need. */
export type Upkeep = {
  annotations: AnnotationIndex
  objects: ObjectLister
  queue: PhotoQueue
  progress: ProgressStore
}
