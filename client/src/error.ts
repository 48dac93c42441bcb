import type { ErrorDetails } from '../../functions/src/api/error-details.ts'
import type { ErrorCode as ServerErrorCode } from '../../functions/src/errors.ts'

/** Failures that only a client sees; all others are the functions' own codes, which docs/errors.md lists. */
export const CLIENT_FAILURES = {
  network: {
    message: 'The service could not be reached, or the connection broke before the answer was complete.',
    retryable: true,
  },
  'deadline-exceeded': { message: 'No answer came in time.', retryable: true },
  unavailable: { message: 'The service cannot take the request at the moment.', retryable: true },
  'permission-denied': { message: 'The rules of the app do not allow this.', retryable: false },
  'not-found': {
    message: 'It does not exist: no such file, or no function of this name in this region.',
    retryable: false,
  },
  'storage-full': { message: 'The storage of the app is full.', retryable: true },
  misconfigured: { message: 'The app is not set up for this.', retryable: false },
} as const satisfies Record<string, { message: string; retryable: boolean }>

export type ClientErrorCode = keyof typeof CLIENT_FAILURES

/** Functions may be newer than the client, so there may be codes that it does not know. */
export type FiresightErrorCode = ServerErrorCode | ClientErrorCode | (string & {})

export type FiresightErrorOptions = {
  code: FiresightErrorCode
  message: string
  retryable: boolean
  retryAfterMs?: number | undefined
  requestId?: string | undefined
  issues?: ErrorDetails['issues'] | undefined
  cause?: unknown
}

/** Whatever goes wrong with a call, an upload or a watch. */
export class FiresightError extends Error {
  override readonly name = 'FiresightError'
  /** Stays the same between releases, unlike `message`. */
  readonly code: FiresightErrorCode
  /** Whether the same request may succeed later without a change. */
  readonly retryable: boolean
  /** How long to wait at least before that, in milliseconds, where somebody knows. */
  readonly retryAfterMs: number | undefined
  /** What the functions logged the call under. */
  readonly requestId: string | undefined
  /** With `invalid-request`: which fields are wrong, and what would be right. */
  readonly issues: ErrorDetails['issues'] | undefined

  constructor({ code, message, retryable, retryAfterMs, requestId, issues, cause }: FiresightErrorOptions) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.retryable = retryable
    this.retryAfterMs = retryAfterMs
    this.requestId = requestId
    this.issues = issues
  }
}

/** A failure that only a client sees, in its usual words. */
export function clientError(code: ClientErrorCode, cause?: unknown): FiresightError {
  return new FiresightError({ code, ...CLIENT_FAILURES[code], cause })
}

/** A failure that comes again until something is changed. */
export function refusal(code: FiresightErrorCode, message: string, cause?: unknown): FiresightError {
  return new FiresightError({ code, message, retryable: false, cause })
}

/** A mistake in how the app is made or set up, in words for its developer. */
export function misconfigured(message: string, cause?: unknown): FiresightError {
  return refusal('misconfigured', `${CLIENT_FAILURES.misconfigured.message} ${message}`, cause)
}

/**
 * A mistake in what a method was given, in words for the app's developer.
 * @param rule what the field must be, and what it is
 */
export function wrongField(path: string, rule: string): FiresightError {
  const issues = [{ path, message: rule }]
  return new FiresightError({ code: 'invalid-request', message: `${path} ${rule}`, retryable: false, issues })
}

/** What a value is that should have been something else: "null", "ArrayBuffer". */
export function kindOf(value: unknown): string {
  return value === null || value === undefined ? String(value) : value.constructor.name
}

/** The caller's own wish. */
export function cancelledError(what: 'call' | 'upload', cause?: unknown): FiresightError {
  return new FiresightError({
    code: 'cancelled',
    message: `The ${what} was cancelled.`,
    retryable: false,
    cause,
  })
}
