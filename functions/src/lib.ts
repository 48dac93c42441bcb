/** Building blocks for your own triggers. Importing this file defines no function, parameter or secret. */

export type { Config } from './config/config.ts'
export { createConfig } from './config/create-config.ts'
export { PHOTO_FUNCTION } from './config/photo-function.ts'
export { readConfig } from './config/read-config.ts'
export { BACKFILL_RUN, PHOTO_RUN, type RunLimits } from './config/time-limits.ts'
export { createServices, type ServicesOptions } from './create-services.ts'
export type {
  Annotation,
  AnnotationDocument,
  Photo,
  Status,
  StoredObject,
  Tombstone,
} from './document/annotation.ts'
export { photoOf, type StoredPhoto } from './document/photo-of.ts'
export { imageIdOf, resultPaths, uploadPattern } from './document/storage-paths.ts'
export { type ErrorCode, VisionError } from './errors.ts'
export { annotateQueued, type QueueTrigger } from './maintenance/annotate-queued.ts'
export { type SweepOptions, sweep } from './maintenance/sweep.ts'
export type { SweepReport } from './maintenance/sweep-report.ts'
export { annotateImage, removeAnnotation } from './pipeline/annotate-image.ts'
export { annotateUpload, type UploadEvent } from './pipeline/annotate-upload.ts'
export type { Outcome } from './pipeline/annotation-run.ts'
export type { RunTrigger } from './pipeline/start-run.ts'
export type { Account, AccountClass, Accounts } from './ports/accounts.ts'
export type { AnnotationStore } from './ports/annotation-store.ts'
export type { CircuitStore, OpenCircuit } from './ports/circuit-store.ts'
export type { InstanceLimits } from './ports/instance-limits.ts'
export type { ModelFileRecord, ModelFileStore, ModelFiles, ModelUploads } from './ports/model-files.ts'
export type { PhotoStore } from './ports/photo-store.ts'
export type {
  QuotaCheck,
  QuotaLimits,
  QuotaStore,
  Reservation,
  Spender,
  TokenNeed,
} from './ports/quota-store.ts'
export type { Services } from './ports/services.ts'
export type { Upkeep } from './ports/upkeep.ts'
export type { UrlImages } from './ports/url-images.ts'
export {
  type BillableAttempts,
  type FailureFacts,
  type ModelAnswer,
  ModelFailure,
  type ModelRequest,
  type VisionModel,
} from './ports/vision-model.ts'
export { memoryAccounts } from './stores/memory/memory-accounts.ts'
export { memoryCircuit } from './stores/memory/memory-circuit.ts'
export { memoryModelCopies, memoryModelFiles } from './stores/memory/memory-model-files.ts'
export { memoryAnnotations, memoryPhotos } from './stores/memory/memory-photos.ts'
export { memoryQuota } from './stores/memory/memory-quota.ts'
export { memoryUpkeep } from './stores/memory/memory-upkeep.ts'
export { type Located, readLocation } from './tasks/locate/read-location.ts'
