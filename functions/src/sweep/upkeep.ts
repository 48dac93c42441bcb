import type { AnnotationCensus } from '../stores/annotation-census.ts'
import type { ObjectCensus } from '../stores/object-census.ts'
import type { PhotoQueue } from '../stores/photo-queue.ts'
import type { ProgressStore } from '../stores/progress-store.ts'

/** What the sweeper and backfills need besides what photos need. */
export type Upkeep = {
  annotations: AnnotationCensus
  objects: ObjectCensus
  queue: PhotoQueue
  progress: ProgressStore
}
