export type { AnnotateImageResult } from '../../functions/src/api/annotate-image.ts'
export type { AnswerQuestionResult } from '../../functions/src/api/answer-question.ts'
export type { CompareImagesResult } from '../../functions/src/api/compare-images.ts'
export type { DescribeImageResult } from '../../functions/src/api/describe-image.ts'
export type { DetectObjectsResult } from '../../functions/src/api/detect-objects.ts'
export type { ErasureResult } from '../../functions/src/api/erasure.ts'
export type { ImageRef } from '../../functions/src/api/image-ref.ts'
export type {
  Annotation,
  AnnotationDocument,
  DrawStep,
  ModelStep,
  Status,
  Steps,
  StoredError,
  StoredObject,
  Tombstone,
} from '../../functions/src/document/annotation.ts'
export type { Answer } from './answer.ts'
export type { CallOptions } from './calls.ts'
export type { StoredPhoto } from './documents.ts'
export { type ClientErrorCode, FiresightError, type FiresightErrorCode } from './error.ts'
export { createFiresight, type Firesight, type StoredDetection } from './firesight.ts'
export {
  ACCEPT,
  acceptPhoto,
  fileSize,
  MAX_UPLOAD_BYTES,
  PHOTO_TYPES,
  type PhotoFile,
  type PhotoType,
} from './formats.ts'
export { canShowHeif } from './heif-support.ts'
export { imageIdOf, type PhotoRef } from './image-id.ts'
export { type ImageInput, MAX_INLINE_BYTES } from './image-input.ts'
export type { NewestOptions } from './newest.ts'
export { isHeifType } from './picture-urls.ts'
export type {
  AnnotateImageInput,
  AnswerQuestionInput,
  CompareImagesInput,
  DeleteMyDataInput,
  DescribeImageInput,
  DetectObjectsInput,
  Turn,
} from './requests.ts'
export type { FiresightOptions, FunctionName } from './settings.ts'
export type { Upload, UploadOptions, UploadProgress } from './upload.ts'
export type { OnError } from './watch.ts'
