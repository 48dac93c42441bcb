import type { AnswerState } from '../answers/answer-json.ts'
import type { ErrorCode, Limit, VisionError } from '../errors.ts'
import type { Box } from './box.ts'
import type { Dropped, DropReason } from './drop-reasons.ts'
import type { ModelIdentity, Usage } from './usage.ts'

/** One generation of an uploaded image. */
export type Photo = {
  imageId: string
  /** The user whose folder holds the photo; null when UPLOAD_PATH has no `{uid}`. */
  owner: string | null
  bucket: string
  name: string
  /** Cloud Storage's version number of the object, in decimal. It grows with every overwrite. */
  generation: string
  /** As the uploader declared it. Never trusted. */
  contentType: string
  sizeBytes: number
}

/** A generation of an image. */
export type PhotoVersion = Pick<Photo, 'imageId' | 'generation'>

export function versionOf({ imageId, generation }: PhotoVersion): PhotoVersion {
  return { imageId, generation }
}

/**
 * `processing`: not final. `succeeded`: complete. `partial`: description or objects are missing, `error` says
 * why. `rejected`: the file is not a supported image. `blocked`: the model service refused the content.
 * `failed`: neither description nor objects. `deferred`: waits for quota or for the model service, at least
 * until `nextAttemptAt`. `superseded`: a newer upload of the same name exists. `deleted`: the photo and its
 * results are deleted. When a photo runs again, earlier results stay until new ones replace them.
 */
export type LiveStatus =
  | 'processing'
  | 'succeeded'
  | 'partial'
  | 'rejected'
  | 'blocked'
  | 'failed'
  | 'deferred'
  | 'superseded'

export type Status = LiveStatus | 'deleted'

/** `limit`: the parameter that rejected the photo. Version 1 has none. */
export type StoredError = { code: ErrorCode; message: string; retryable: boolean; limit?: Limit }

export function storedError({ code, publicMessage, retryable, limit }: VisionError): StoredError {
  return { code, message: publicMessage, retryable, ...(limit && { limit }) }
}

/**
 * `model`, `usage` and `promptVersion` are those of the answer. `error` says why there is none. `answer` is
 * `salvaged` if the answer was damaged, so that parts may be missing.
 */
export type ModelStep = {
  state: 'pending' | 'succeeded' | 'failed'
  model?: ModelIdentity
  promptVersion?: string
  usage?: Usage
  answer?: AnswerState
  /** The stored answer from which the objects are drawn (`stored-answer.ts`). */
  answerId?: string
  /**
   * Attempts that were or may have been billed. Counted before each is sent, and subtracted if it was free.
   */
  paidCalls?: number
  error?: StoredError
}

/** The steps that ask the model. */
export const MODEL_STEPS = ['describe', 'locate'] as const

export type ModelStepName = (typeof MODEL_STEPS)[number]

/** `skipped`: there was nothing to draw, since the locate step gave no objects to draw from. */
export type DrawStep = { state: 'pending' | 'succeeded' | 'skipped' }

export type Steps = Record<ModelStepName, ModelStep> & { draw: DrawStep }

/** Model steps made from each name. */
export function eachStep<T>(make: (name: ModelStepName) => T): Record<ModelStepName, T> {
  return Object.fromEntries(MODEL_STEPS.map((name) => [name, make(name)])) as Record<ModelStepName, T>
}

export const MASK_FORMS = ['png', 'polygon'] as const
/** The form in which the model gave a mask. */
export type MaskForm = (typeof MASK_FORMS)[number]

/**
 * An object of a photo. Pixels of the upright image, origin top left. `box2d` is the model's own [yMin, xMin,
 * yMax, xMax] in 0 to 1000. `mask.path` is a 1-bit PNG of the box's size. `mask.polygon` is a simplified
 * outline of at most 24 points (more in version 1), flat [x, y, x, y, ...], since Firestore has no nested
 * arrays. The PNG is exact, and only the PNG has outlines of several rings.
 */
export type StoredObject = {
  label: string
  box: Box
  box2d: number[]
  mask: null | { form: MaskForm; path: string; areaPixels: number; polygon?: number[] }
  /** Why there is no mask, if the model's mask is unusable or masks were not requested. */
  maskReason?: DropReason
}

/**
 * The shape of new documents. Version 2 has at most 24 points in a `mask.polygon`, adds `thumbnail`,
 * `image.decoded` and the draw state `skipped`, and `image.sharpness` may be absent. Functions of both
 * versions read both, because both run at the same time during a rollout and after a rollback.
 */
export const SCHEMA_VERSION = 2

/** The document `images/{imageId}` of a photo: one per object name, always about one generation. */
export type Annotation = Omit<Photo, 'imageId'> & {
  schemaVersion: 1 | typeof SCHEMA_VERSION
  status: LiveStatus
  error?: StoredError
  image?: {
    /** Pixels of the upright image. */
    width: number
    height: number
    format: string
    orientation: number
    /**
     * False if the model received the file without its metadata, because no decoder is enabled for its format
     * (HEIC, HEIF). Then there is no sharpness, preview or thumbnail. Absent in version 1: true.
     */
    decoded?: boolean
    sharpness?: number
    blurred?: boolean
    sha256: string
  }
  caption?: string
  altText?: string
  /** Lower case, the most relevant first. */
  labels?: string[]
  text?: string
  objects?: StoredObject[]
  /** Unusable parts of the model's answer: the number of lost objects, and the count of each reason. */
  dropped?: { objects: number; reasons: Dropped }
  /** A transparent indexed PNG of the upright size whose pixel value is the object's number (index + 1). */
  overlay?: { path: string; contentType: 'image/png'; width: number; height: number }
  /** A JPEG for formats that browsers do not show (HEIC, HEIF). */
  preview?: { path: string; width: number; height: number }
  /** A JPEG of at most 320 pixels and 20 kB. */
  thumbnail?: { path: string; width: number; height: number }
  model?: ModelIdentity & { promptVersion: string }
  usage?: Usage
  steps: Steps
  /** The worker that holds the photo, and until when. */
  lease: Lease | null
  /** Claims of this generation. Claims that ended `deferred` or with a transient failure do not count. */
  attempts: number
  /** Claims that took over an expired lease: each stands for a worker that died. */
  crashes: number
  /** Deferrals in a row. */
  deferrals?: number
  /** The first of these deferrals. */
  deferredSince?: Date
  /** While `deferred`: an earlier attempt would fail. */
  nextAttemptAt?: Date
  /** When the sweeper re-queues the photo. Absent once it has ended. */
  dueAt?: Date
  /** Set by the store in Firestore, with `dueAt`: it spreads the index. Absent in earlier documents. */
  dueShard?: number
  createdAt: Date
  updatedAt: Date
  completedAt?: Date
  /**
   * Of the last run, in milliseconds: `total`, the working time of each stage, and `modelRetryWait`, the time
   * that the model steps have waited before an attempt (the longest, since they run in parallel).
   */
  timingsMs?: Record<string, number>
}

/**
 * The document of a deleted photo. Functions of earlier versions also kept name, type and size.
 */
export type Tombstone = Pick<
  Annotation,
  'schemaVersion' | 'owner' | 'bucket' | 'generation' | 'createdAt' | 'updatedAt'
> & {
  status: 'deleted'
  /** When the photo was deleted. */
  completedAt: Date
  /** When the document is removed (TTL). */
  expireAt: Date
}

/** A document `images/{imageId}`. */
export type AnnotationDocument = Annotation | Tombstone

/** The error of a photo. A tombstone has none. */
export function errorOf(document: AnnotationDocument | undefined): StoredError | undefined {
  return document?.status === 'deleted' ? undefined : document?.error
}

export type Lease = { token: string; expiresAt: Date }

export const NEW_STEPS: Steps = { ...eachStep(() => ({ state: 'pending' })), draw: { state: 'pending' } }

/** What the tombstone of a photo needs. */
export type DeletedPhoto = PhotoVersion & Pick<Photo, 'owner' | 'bucket'>
