import type { AnnotationStore } from './annotation-store.ts'
import type { PhotoStore } from './photo-store.ts'
import type { QuotaStore } from './quota-store.ts'
import type { Upkeep } from './upkeep.ts'
import type { UrlImages } from './url-images.ts'
import type { VisionModel } from './vision-model.ts'

/** Everything outside that photos and calls need. */
export type Services = {
  /** The bucket of uploads. */
  bucket: string
  photos: PhotoStore
  urlImages: UrlImages
  quota: QuotaStore
  annotations: AnnotationStore
  model: VisionModel
  upkeep: Upkeep
  now: () => Date
  /** Aborted, with `interrupted` as its reason, when the instance is about to be shut down. */
  shutdown?: AbortSignal
  /** Names the holder of a lease, or an answer; never the same twice. Letters, digits and dashes. */
  newToken: () => string
}
