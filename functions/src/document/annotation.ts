import type { AnswerState } from '../answers/answer-json.ts'
import type { ErrorCode, VisionError } from '../errors.ts'
import type { Box } from './box.ts'
import type { Dropped, DropReason } from './drop-reasons.ts'
import type { ModelIdentity, Usage } from './usage.ts'

/** One generation of an uploaded photo. */
export type Photo = {
  imageId: string
  /** The user whose folder holds the photo; null when UPLOAD_PATH has no `{uid}`. */
  owner: string | null
  bucket: string
  name: string
  /** Cloud Storage's number of the object's content, decimal; it grows with every overwrite. */
  generation: string
  /** What the uploader said; never trusted. */
  contentType: string
  sizeBytes: number
}

/**
 * `processing` until one of the others. `succeeded`: all of it. `partial`: description or objects are missing, `error` says why.
 * `rejected`: the file is no picture that we take. `blocked`: the model service refused the content. `failed`: neither description
 * nor objects. `deferred`: waits for quota or for the model service, until `nextAttemptAt` at least. `superseded`: a newer upload of that name is on its way.
 * `deleted`: the photo is gone, and so are its results. Of a photo that is run again, what an earlier run has found stays until there is
 * something to put in its place, however the new run ends.
 */
export type Status =
  | 'processing'
  | 'succeeded'
  | 'partial'
  | 'rejected'
  | 'blocked'
  | 'failed'
  | 'deferred'
  | 'superseded'
  | 'deleted'

export type StoredError = { code: ErrorCode; message: string; retryable: boolean }

export function storedError({ code, publicMessage, retryable }: VisionError): StoredError {
  return { code, message: publicMessage, retryable }
}

/**
 * `model`, `usage` and `promptVersion` are those of the answer; `error` says why there is none. `answer` is `salvaged` when the answer was
 * damaged, so that a part of it may be missing.
 */
export type ModelStep = {
  state: 'pending' | 'succeeded' | 'failed'
  model?: ModelIdentity
  promptVersion?: string
  usage?: Usage
  answer?: AnswerState
  /** Which stored answer the objects are drawn from (`stored-answer.ts`): whoever draws, draws from what was committed. */
  answerId?: string
  /**
   * Requests to the model that were paid, or may have been: counted before each is sent, and taken back when it failed in a way that is free.
   */
  paidCalls?: number
  error?: StoredError
}

export type Steps = { describe: ModelStep; locate: ModelStep; draw: { state: 'pending' | 'succeeded' } }

export const MASK_FORMS = ['png', 'polygon'] as const
/** The form in which the model gave a mask. */
export type MaskForm = (typeof MASK_FORMS)[number]

/**
 * An object of a photo. Pixels of the upright image, origin top left; `box2d` is the model's own [yMin, xMin, yMax, xMax] of 0 to
 * 1000. `mask.path` is a 1-bit PNG of the box's size. `mask.polygon` is flat [x, y, x, y, ...], since Firestore takes no nested
 * arrays; an outline of several rings is in the PNG alone.
 */
export type StoredObject = {
  label: string
  box: Box
  box2d: number[]
  mask: null | { form: MaskForm; path: string; areaPixels: number; polygon?: number[] }
  /** Why there is no mask, if the model gave one that cannot be used, or was not asked for it. */
  maskReason?: DropReason
}

/** The document `images/{imageId}`: one a name of an object, always about one generation. */
export type Annotation = Omit<Photo, 'imageId'> & {
  schemaVersion: 1
  status: Status
  error?: StoredError
  image?: {
    /** Pixels of the upright image. */
    width: number
    height: number
    format: string
    orientation: number
    sharpness: number
    blurred: boolean
    sha256: string
  }
  caption?: string
  altText?: string
  /** Lower case, the most relevant first. */
  labels?: string[]
  text?: string
  objects?: StoredObject[]
  /** What the model's answer held and could not be used: objects in all, and every reason with its count. */
  dropped?: { objects: number; reasons: Dropped }
  /** A transparent indexed PNG of the upright size whose pixel value is the object's number (index + 1). */
  overlay?: { path: string; contentType: 'image/png'; width: number; height: number }
  /** A JPEG for formats that browsers do not show (HEIC, HEIF). */
  preview?: { path: string; width: number; height: number }
  model?: ModelIdentity & { promptVersion: string }
  usage?: Usage
  steps: Steps
  /** Who works on it, and until when nobody else may. */
  lease: Lease | null
  /** Claims of this generation; those that ended `deferred`, or for a failure that heals by itself, do not count. */
  attempts: number
  /** Workers that died over this generation: claims that took over a lease which had run out. */
  crashes: number
  /** How often in a row it was laid aside. */
  deferrals?: number
  /** While `deferred`: before that there is no use in another attempt. */
  nextAttemptAt?: Date
  /** When the sweeper looks after it, unless it has ended by then; absent once it has. */
  dueAt?: Date
  createdAt: Date
  updatedAt: Date
  completedAt?: Date
  /** When a tombstone may go (TTL). */
  expireAt?: Date
  timingsMs?: Record<string, number>
}

export type Lease = { token: string; expiresAt: Date }

export const NEW_STEPS: Steps = {
  describe: { state: 'pending' },
  locate: { state: 'pending' },
  draw: { state: 'pending' },
}

export function newAnnotation(photo: Photo, lease: Lease, now: Date): Annotation {
  const { imageId: _, ...about } = photo
  return {
    schemaVersion: 1,
    ...about,
    status: 'processing',
    steps: NEW_STEPS,
    lease,
    attempts: 1,
    crashes: 0,
    dueAt: lease.expiresAt,
    createdAt: now,
    updatedAt: now,
  }
}

/**
 * What was known when another worker gave up, died or deferred it, in the hands of the holder of `lease`. A lease that is still there has run
 * out: its holder died, or was so slow that it counts as dead.
 */
export function resumedAnnotation(existing: Annotation, lease: Lease, now: Date): Annotation {
  const { error: _, nextAttemptAt: __, ...known } = existing
  const died = existing.lease !== null && existing.lease.token !== lease.token
  return {
    ...known,
    status: 'processing',
    lease,
    dueAt: lease.expiresAt,
    attempts: existing.attempts + 1,
    crashes: existing.crashes + (died ? 1 : 0),
    updatedAt: now,
  }
}

/** What stays of a deleted photo for a while, so that a late event cannot bring it back. */
export function tombstone(photo: Photo, now: Date, createdAt = now): Annotation {
  const days = 7
  const { dueAt: _, ...fresh } = newAnnotation(photo, { token: '', expiresAt: now }, now)
  return {
    ...fresh,
    status: 'deleted',
    lease: null,
    attempts: 0,
    createdAt,
    completedAt: now,
    expireAt: new Date(now.getTime() + days * 24 * 3600 * 1000),
  }
}
