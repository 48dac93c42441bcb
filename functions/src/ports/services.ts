import type { Accounts } from './accounts.ts'
import type { AnnotationStore } from './annotation-store.ts'
import type { ExtensionDocuments } from './extension-documents.ts'
import type { InstanceLimits } from './instance-limits.ts'
import type { ModelFiles } from './model-files.ts'
import type { PhotoStore } from './photo-store.ts'
import type { QuotaStore } from './quota-store.ts'
import type { Upkeep } from './upkeep.ts'
import type { UrlImages } from './url-images.ts'
import type { VisionModel } from './vision-model.ts'

/** The ports that the pipeline and the callables use. */
export type Services = {
  /** The bucket of uploads. */
  bucket: string
  accounts: Accounts
  photos: PhotoStore
  urlImages: UrlImages
  quota: QuotaStore
  annotations: AnnotationStore
  /** Begins to load code that a photo needs later, while its first requests wait for their answers. */
  preload?: () => void
  model: VisionModel
  modelFiles: ModelFiles
  upkeep: Upkeep
  /** With COLLECTION_PATH. */
  extensionDocuments?: ExtensionDocuments
  /** Memory and decoding slots of the instance. Default: those of this process. */
  limits?: InstanceLimits
  now: () => Date
  /** Aborted with the reason `interrupted` when the instance is being shut down. */
  shutdown?: AbortSignal
  /** A unique id of letters, digits and dashes, for leases and stored answers. */
  newToken: () => string
}
