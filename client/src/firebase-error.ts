import type { ErrorDetails } from '../../functions/src/api/error-details.ts'
import {
  type ClientErrorCode,
  cancelledError,
  clientError,
  FiresightError,
  misconfigured,
  permanentError,
} from './error.ts'

/**
 * Converts an error of the Firebase SDK. Firestore codes have no prefix; others do, like
 * `storage/unauthorized`.
 */
export function toFiresightError(error: unknown): FiresightError {
  if (error instanceof FiresightError) return error
  const { code, message, details } = readFirebaseError(error)
  if (isErrorDetails(details)) {
    const { reason, retryable, retryAfterMs, requestId, issues } = details
    const text = message.replace(HTTP_STATUS, '')
    return new FiresightError({
      code: reason,
      message: text,
      retryable,
      retryAfterMs,
      requestId,
      issues,
      cause: error,
    })
  }
  const status = Number(HTTP_STATUS.exec(message)?.[1])
  if (code === 'functions/internal' && message === NO_RESPONSE) return clientError('network', error)
  if (code.startsWith('functions/') && status === 413)
    return permanentError(
      'request-too-large',
      'The total size of the images in the request is too large.',
      error,
    )
  const [, name = code] = code.split('/')
  const clientCode = CLIENT_CODES[name]
  if (clientCode) return clientError(clientCode, error)
  if (name === 'cancelled' || name === 'canceled')
    return cancelledError(code.startsWith('storage/') ? 'upload' : 'call', error)
  if (name === 'unauthenticated') {
    // firebase-functions rejects an invalid Auth or App Check token before our code runs, without details.
    // https://github.com/firebase/firebase-functions/blob/master/src/common/providers/https.ts, 2026-11
    const text =
      'Sign in to continue. If you are already signed in, the app failed its App Check verification.'
    return permanentError('unauthenticated', text, error)
  }
  if (name === 'unauthorized-app')
    return permanentError('app-check-failed', 'The request does not come from a verified app.', error)
  if (SETUP_ERRORS.has(name)) return misconfigured(message, error)
  if (REQUEST_ERRORS.has(name)) return permanentError('invalid-request', 'The request is invalid.', error)
  return new FiresightError({
    code: 'internal',
    message: 'Something went wrong.',
    retryable: true,
    cause: error,
  })
}

/** The Functions SDK (12.19) appends the HTTP status to each message; 0 in streams and without a response. */
const HTTP_STATUS = / \[(\d+)\]$/
/**
 * The SDK's message when fetch fails. The message of a function that fails unexpectedly is "INTERNAL", in
 * capitals.
 */
const NO_RESPONSE = 'internal [0]'

const CLIENT_CODES: Record<string, ClientErrorCode> = {
  'network-request-failed': 'network',
  'retry-limit-exceeded': 'network',
  'deadline-exceeded': 'deadline-exceeded',
  unavailable: 'unavailable',
  // Without details, this comes from Cloud Run: no instance is free.
  'resource-exhausted': 'unavailable',
  'permission-denied': 'permission-denied',
  unauthorized: 'permission-denied',
  'not-found': 'not-found',
  'object-not-found': 'not-found',
  'bucket-not-found': 'not-found',
  'project-not-found': 'not-found',
  'quota-exceeded': 'storage-full',
}

/**
 * Storage: https://firebase.google.com/docs/reference/js/storage#storageerrorcode, 2026-11. App and Auth: the
 * codes that the SDK raises without a request.
 */
const SETUP_ERRORS = new Set([
  'no-default-bucket',
  'invalid-default-bucket',
  'no-app',
  'app-deleted',
  'invalid-api-key',
])
const REQUEST_ERRORS = new Set(['invalid-argument', 'invalid-url', 'invalid-root-operation'])

/** Reads the shape instead of using `instanceof`: an app with two copies of the SDK has two error classes. */
function readFirebaseError(error: unknown): { code: string; message: string; details?: unknown } {
  if (!(error instanceof Error)) return { code: '', message: String(error) }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return { code, message: error.message, details: 'details' in error ? error.details : undefined }
}

function isErrorDetails(details: unknown): details is ErrorDetails {
  return (
    typeof details === 'object' &&
    details !== null &&
    'reason' in details &&
    typeof details.reason === 'string' &&
    'retryable' in details &&
    typeof details.retryable === 'boolean'
  )
}
