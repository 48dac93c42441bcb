import type { ErrorDetails } from '../../functions/src/api/error-details.ts'
import {
  type ClientErrorCode,
  cancelledError,
  clientError,
  FiresightError,
  misconfigured,
  refusal,
} from './error.ts'

/** What an error of the Firebase SDK means. The codes of Firestore have no prefix; the others are like `storage/unauthorized`. */
export function toFiresightError(error: unknown): FiresightError {
  if (error instanceof FiresightError) return error
  const { code, message, details } = readFirebaseError(error)
  if (isErrorDetails(details)) {
    const { reason, retryable, retryAfterMs, requestId, issues } = details
    const words = message.replace(HTTP_STATUS, '')
    return new FiresightError({
      code: reason,
      message: words,
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
    return refusal('request-too-large', 'The images of the request are larger than allowed together.', error)
  const [, name = code] = code.split('/')
  const clientCode = CLIENT_CODES[name]
  if (clientCode) return clientError(clientCode, error)
  if (name === 'cancelled' || name === 'canceled')
    return cancelledError(code.startsWith('storage/') ? 'upload' : 'call', error)
  if (name === 'unauthenticated') {
    // The SDK of the functions refuses bad tokens, App Check's among them, before any code of ours could say why.
    // https://github.com/firebase/firebase-functions/blob/master/src/common/providers/https.ts, 2026-11
    const words = 'Sign in to do this. If you are signed in, the app could not prove that it is genuine.'
    return refusal('unauthenticated', words, error)
  }
  if (name === 'unauthorized-app')
    return refusal('app-check-failed', 'The request does not come from a genuine app.', error)
  if (MISTAKES_OF_SETUP.has(name)) return misconfigured(message, error)
  if (MISTAKES_OF_REQUESTS.has(name))
    return refusal('invalid-request', 'The request does not have the expected form.', error)
  return new FiresightError({
    code: 'internal',
    message: 'Something went wrong.',
    retryable: true,
    cause: error,
  })
}

/** The Functions SDK (12.19) ends each message with the HTTP status, 0 in streams and without a response. */
const HTTP_STATUS = / \[(\d+)\]$/
/** Its message when fetch failed. A function that fails unexpectedly is "INTERNAL", in capitals. */
const NO_RESPONSE = 'internal [0]'

const CLIENT_CODES: Record<string, ClientErrorCode> = {
  'network-request-failed': 'network',
  'retry-limit-exceeded': 'network',
  'deadline-exceeded': 'deadline-exceeded',
  unavailable: 'unavailable',
  // Of a function without details: Cloud Run has no instance free.
  'resource-exhausted': 'unavailable',
  'permission-denied': 'permission-denied',
  unauthorized: 'permission-denied',
  'not-found': 'not-found',
  'object-not-found': 'not-found',
  'bucket-not-found': 'not-found',
  'project-not-found': 'not-found',
  'quota-exceeded': 'storage-full',
}

/** https://firebase.google.com/docs/reference/js/storage#storageerrorcode, 2026-11; of the app and of Auth, those that are found offline. */
const MISTAKES_OF_SETUP = new Set([
  'no-default-bucket',
  'invalid-default-bucket',
  'no-app',
  'app-deleted',
  'invalid-api-key',
])
const MISTAKES_OF_REQUESTS = new Set(['invalid-argument', 'invalid-url', 'invalid-root-operation'])

/** By its shape: an app with two copies of the SDK has two classes of errors. */
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
