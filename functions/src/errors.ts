/**
 * All expected failures by their stable code, which is `error.code` of a document and `details.reason` of a
 * callable error. `message` is for users: it contains no paths, keys or model text. `retryable`: the same
 * request may succeed later.
 */
export const FAILURES = {
  // The caller and the request
  unauthenticated: { message: 'Sign in to use this function.', retryable: false },
  'app-check-failed': { message: 'The request does not come from a verified app.', retryable: false },
  'sign-in-too-old': { message: 'Sign in again, then repeat the request.', retryable: false },
  'confirmation-required': {
    message: 'Confirm that all your data is to be deleted.',
    retryable: false,
  },
  'operators-only': { message: 'This function is for operators.', retryable: false },
  'invalid-request': { message: 'The request is invalid.', retryable: false },
  'too-many-images': { message: 'The request has too many images.', retryable: false },
  'request-too-large': {
    message: 'The images of the request are too large in total.',
    retryable: false,
  },
  'path-not-allowed': { message: 'The path is not one of your own uploads.', retryable: false },
  'url-not-allowed': { message: 'Images from this address are not allowed.', retryable: false },
  'url-unreadable': { message: 'The image could not be downloaded from its address.', retryable: true },
  cancelled: { message: 'The call was cancelled.', retryable: false },
  // Quotas
  'calls-exceeded': { message: 'Too many calls. Try again in a moment.', retryable: true },
  'tokens-exceeded': { message: 'Your allowance for today is used up.', retryable: true },
  'project-tokens-exceeded': { message: "The app's allowance for today is used up.", retryable: true },
  'tokens-reserved': {
    message: 'Your other requests are still running. Try again in a few seconds.',
    retryable: true,
  },
  'uploads-exceeded': { message: 'Your uploads for today are used up.', retryable: true },
  'service-paused': { message: 'Image understanding is paused.', retryable: true },
  // The image
  'empty-file': { message: 'The file is empty.', retryable: false },
  'file-too-large': { message: 'The file is too large.', retryable: false },
  'unsupported-type': {
    message: 'This type of file is not supported: use a PNG, JPEG, WebP, HEIC or HEIF photo.',
    retryable: false,
  },
  'heic-disabled': { message: 'HEIC and HEIF images are not accepted.', retryable: false },
  'corrupt-image': { message: 'The image is damaged or incomplete.', retryable: false },
  'too-many-pixels': { message: 'The image has more pixels than allowed.', retryable: false },
  'bad-dimensions': { message: 'The image is too small or too narrow.', retryable: false },
  // The stored photo and its annotation
  'object-gone': { message: 'The photo no longer exists.', retryable: false },
  'object-superseded': { message: 'The photo was replaced by a newer one.', retryable: false },
  'claimed-elsewhere': { message: 'The photo is already being annotated.', retryable: true },
  'claim-lost': { message: 'Another worker took over the photo.', retryable: false },
  crashed: { message: 'The photo could not be annotated: the worker crashed every time.', retryable: true },
  interrupted: { message: 'The annotation was interrupted and will continue.', retryable: true },
  'deferral-expired': { message: 'The photo could not be annotated within 30 days.', retryable: true },
  'gave-up': { message: 'The photo could not be annotated after several attempts.', retryable: true },
  'storage-unavailable': { message: 'The storage is temporarily unavailable.', retryable: true },
  'storage-misconfigured': { message: 'The storage is not set up correctly.', retryable: false },
  // The model service
  'model-rate-limited': { message: 'The model receives too many requests.', retryable: true },
  'model-day-limit': { message: "The model's allowance for today is used up.", retryable: true },
  'model-budget-spent': { message: 'The budget for the model is used up.', retryable: true },
  'model-unavailable': { message: 'The model is temporarily unavailable.', retryable: true },
  'model-timeout': { message: 'The model took too long to answer.', retryable: true },
  'model-misconfigured': { message: 'The model service is not set up correctly.', retryable: false },
  'model-not-found': { message: 'The configured model does not exist.', retryable: false },
  'model-refused-image': { message: 'The model cannot process this image.', retryable: false },
  'model-refused-request': { message: 'The model refused the request.', retryable: false },
  // The model's answer
  'blocked-safety': { message: 'The photo was blocked by the safety filters.', retryable: false },
  'blocked-prohibited-content': { message: 'The photo was blocked as prohibited content.', retryable: false },
  'blocked-personal-data': {
    message: 'The answer was blocked because it contained personal data.',
    retryable: false,
  },
  'blocked-blocklist': {
    message: 'The photo or answer was blocked by a list of forbidden terms.',
    retryable: false,
  },
  'blocked-other': { message: 'The photo was blocked by the model service.', retryable: false },
  'answer-recitation': {
    message: 'The answer was withheld because it recited protected text.',
    retryable: true,
  },
  'answer-truncated': { message: 'The answer was truncated.', retryable: true },
  'answer-empty': { message: 'The model returned no answer.', retryable: true },
  'answer-unreadable': { message: "The model's answer could not be read.", retryable: true },
  'answer-stopped': { message: 'The model stopped before the answer was complete.', retryable: true },
  // Anything else
  internal: { message: 'Something went wrong on our side.', retryable: true },
} as const satisfies Record<string, { message: string; retryable: boolean }>

export type ErrorCode = keyof typeof FAILURES

/** The parameters that can reject a photo. */
export type LimitName = 'MAX_IMAGE_BYTES' | 'MAX_IMAGE_PIXELS' | 'HEIC'
/** A parameter that rejected a photo, with its value then. */
export type Limit = { name: LimitName; value: number | string }

/** An expected failure. `message` is for logs; users read `publicMessage`. */
export class VisionError extends Error {
  override readonly name = 'VisionError'
  readonly code: ErrorCode
  /** Minimum time to wait before a retry, in milliseconds, if known. */
  readonly retryAfterMs: number | undefined
  /** The parameter that rejected the image, if another value could accept it. */
  readonly limit: Limit | undefined

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; retryAfterMs?: number | undefined; limit?: Limit | undefined } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retryAfterMs = options.retryAfterMs
    this.limit = options.limit
  }

  get publicMessage(): string {
    return FAILURES[this.code].message
  }

  get retryable(): boolean {
    return FAILURES[this.code].retryable
  }

  /** The model service refused the content. */
  get blocked(): boolean {
    return this.code.startsWith('blocked-')
  }
}

/** `error` if it is an expected failure, or undefined. Anything else is a bug and must surface as one. */
export function asVisionError(error: unknown): VisionError | undefined {
  return error instanceof VisionError ? error : undefined
}

/** A store refuses a request for good: to delete an object with a hold, for example. Names no object. */
export class StorageRefusal extends Error {
  override readonly name = 'StorageRefusal'
}

/** Codes that only an operator can fix. They are logged as errors. */
export const OPERATOR_ERRORS = new Set<ErrorCode | undefined>([
  'storage-misconfigured',
  'model-day-limit',
  'model-budget-spent',
  'model-misconfigured',
  'model-not-found',
  'model-refused-request',
  'gave-up',
  'crashed',
])
