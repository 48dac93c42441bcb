import { type FunctionsErrorCode, HttpsError } from 'firebase-functions/https'
import type { ErrorDetails } from '../api/error-details.ts'
import type { ErrorCode, VisionError } from '../errors.ts'

/** The callable error code of each failure. https://cloud.google.com/apis/design/errors, 2026-11 */
export const CALL_ERRORS = {
  unauthenticated: 'unauthenticated',
  'app-check-failed': 'unauthenticated',
  'sign-in-too-old': 'unauthenticated',
  'confirmation-required': 'failed-precondition',
  'operators-only': 'permission-denied',
  'invalid-request': 'invalid-argument',
  'too-many-images': 'invalid-argument',
  'request-too-large': 'invalid-argument',
  'path-not-allowed': 'permission-denied',
  'url-not-allowed': 'permission-denied',
  'url-unreadable': 'unavailable',
  cancelled: 'cancelled',
  'calls-exceeded': 'resource-exhausted',
  'tokens-exceeded': 'resource-exhausted',
  'project-tokens-exceeded': 'resource-exhausted',
  'tokens-reserved': 'resource-exhausted',
  'uploads-exceeded': 'resource-exhausted',
  'service-paused': 'unavailable',
  'empty-file': 'invalid-argument',
  'file-too-large': 'invalid-argument',
  'unsupported-type': 'invalid-argument',
  'heic-disabled': 'invalid-argument',
  'corrupt-image': 'invalid-argument',
  'too-many-pixels': 'invalid-argument',
  'bad-dimensions': 'invalid-argument',
  'object-gone': 'not-found',
  'object-superseded': 'not-found',
  'claimed-elsewhere': 'aborted',
  'claim-lost': 'aborted',
  crashed: 'internal',
  interrupted: 'unavailable',
  'deferral-expired': 'internal',
  'gave-up': 'internal',
  'storage-unavailable': 'unavailable',
  'storage-misconfigured': 'internal',
  'model-rate-limited': 'resource-exhausted',
  'model-day-limit': 'resource-exhausted',
  'model-budget-spent': 'unavailable',
  'model-unavailable': 'unavailable',
  'model-timeout': 'deadline-exceeded',
  'model-misconfigured': 'internal',
  'model-not-found': 'internal',
  'model-refused-image': 'invalid-argument',
  'model-refused-request': 'internal',
  'blocked-safety': 'failed-precondition',
  'blocked-prohibited-content': 'failed-precondition',
  'blocked-personal-data': 'failed-precondition',
  'blocked-blocklist': 'failed-precondition',
  'blocked-other': 'failed-precondition',
  'answer-recitation': 'unavailable',
  'answer-truncated': 'unavailable',
  'answer-empty': 'unavailable',
  'answer-unreadable': 'unavailable',
  'answer-stopped': 'unavailable',
  internal: 'internal',
} as const satisfies Record<ErrorCode, FunctionsErrorCode>

/** The public form of a failure: the fixed message of its code, without model text, service text or paths. */
export function toHttpsError(
  failure: VisionError,
  requestId: string,
  issues?: ErrorDetails['issues'],
): HttpsError {
  const { code, publicMessage, retryable, retryAfterMs } = failure
  const details: ErrorDetails = {
    reason: code,
    retryable,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    requestId,
    ...(issues && { issues }),
  }
  return new HttpsError(CALL_ERRORS[code], publicMessage, details)
}
