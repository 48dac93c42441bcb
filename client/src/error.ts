import type { ErrorDetails } from '../../functions/src/api/error-details.ts'
import type { ErrorCode as ServerErrorCode } from '../../functions/src/errors.ts'

/** Failures that occur only in the client. All other codes come from the functions: docs/errors.md. */
export const CLIENT_FAILURES = {
  network: {
    message: 'The service could not be reached, or the connection was lost before the response was complete.',
    retryable: true,
  },
  'deadline-exceeded': { message: 'The request timed out.', retryable: true },
  unavailable: { message: 'The service is temporarily unavailable.', retryable: true },
  'permission-denied': { message: 'You do not have permission to do this.', retryable: false },
  'not-found': {
    message: 'Not found: the file does not exist, or the region has no function with this name.',
    retryable: false,
  },
  'storage-full': { message: 'The storage of the app is full.', retryable: true },
  'scaling-failed': { message: 'This browser could not scale the photo down.', retryable: false },
  misconfigured: { message: 'The app is not configured correctly.', retryable: false },
} as const satisfies Record<string, { message: string; retryable: boolean }>

export type ClientErrorCode = keyof typeof CLIENT_FAILURES

/** Functions may be newer than the client and return codes that this version does not know. */
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

/** The error of every failed call, upload or watch. */
export class FiresightError extends Error {
  override readonly name = 'FiresightError'
  /** Stable between releases, unlike `message`. */
  readonly code: FiresightErrorCode
  /** Whether the same request may succeed later without a change. */
  readonly retryable: boolean
  /** Minimum wait before a retry, in milliseconds, if known. */
  readonly retryAfterMs: number | undefined
  /** Identifies the call in the logs of the functions. */
  readonly requestId: string | undefined
  /** With `invalid-request`: the invalid fields, each with the expected value. */
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

/** A failure of the client, with the default message of its code. */
export function clientError(code: ClientErrorCode, cause?: unknown): FiresightError {
  return new FiresightError({ code, ...CLIENT_FAILURES[code], cause })
}

/** A failure that a retry cannot fix. */
export function permanentError(code: FiresightErrorCode, message: string, cause?: unknown): FiresightError {
  return new FiresightError({ code, message, retryable: false, cause })
}

/** A mistake in the setup of the app. The message is for the app's developer. */
export function misconfigured(message: string, cause?: unknown): FiresightError {
  return permanentError('misconfigured', `${CLIENT_FAILURES.misconfigured.message} ${message}`, cause)
}

/**
 * An invalid argument. The message is for the app's developer.
 * @param rule the expected value and the actual one, for example "must be a whole number; it is 1.5"
 */
export function invalidField(path: string, rule: string): FiresightError {
  const issues = [{ path, message: rule }]
  return new FiresightError({ code: 'invalid-request', message: `${path} ${rule}`, retryable: false, issues })
}

/** The type of an unexpected value, for messages: "null", "ArrayBuffer". */
export function typeNameOf(value: unknown): string {
  return value === null || value === undefined ? String(value) : value.constructor.name
}

/** The caller cancelled the operation. */
export function cancelledError(operation: 'call' | 'upload', cause?: unknown): FiresightError {
  return new FiresightError({
    code: 'cancelled',
    message: `The ${operation} was cancelled.`,
    retryable: false,
    cause,
  })
}
