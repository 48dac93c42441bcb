import { asVisionError, type ErrorCode } from '../../errors.ts'
import { type FailureFacts, ModelFailure } from '../../ports/vision-model.ts'
import { type ErrorBody, readErrorBody } from './error-body.ts'

/** How the API reports an image that it cannot use, in public threads. Read 2026-11-22. */
const IMAGE_REFUSED =
  /(process|decode|retrieve|supported|valid)[^.:"]{0,20} image|image (is|was|type|format)[^.:"]{0,20}(not|invalid|unsupported)/i

/** How the API reports a request over its size limit, in public threads. Read 2026-11-27. */
const TOO_LARGE = /payload size exceeds|request (entity|size|payload)[^.:"]{0,20} (too large|exceeds)/i

/**
 * How the API reports a file that it cannot use: missing, not ready, or of another project. Read 2026-11-22
 * in public threads and Google's samples.
 * https://github.com/googleapis/python-genai/issues/1218, https://github.com/googleapis/js-genai/issues/666
 */
const FILE_UNUSABLE = /\bfiles?\b|file_?uri|provided ur[il]|gs:\/\/|storage\.objects/i

/**
 * Reasons in google.rpc.ErrorInfo that concern the key or the project: `API_KEY_INVALID` and so on. Messages
 * decide nothing about other requests, because they may quote the text of a user. Invalid and expired keys
 * have the status INVALID_ARGUMENT, as an invalid request. Read 2026-11-30.
 * https://github.com/googleapis/googleapis/blob/master/google/api/error_reason.proto
 */
const PROVIDER_REASON =
  /^(API_KEY_\w+|SERVICE_DISABLED|BILLING_DISABLED|CONSUMER_\w+|USER_PROJECT_DENIED|RESOURCE_PROJECT_INVALID|CREDENTIALS_MISSING|ACCOUNT_STATE_INVALID|ACCESS_TOKEN_\w+|LOCATION_\w+|SECURITY_POLICY_VIOLATED)$/

/** A 403 for a leaked key has no reason, and no text of the request. Read 2026-11-30 in public threads. */
const KEY_REFUSED = /^(your )?api key\b/i

/**
 * Prepaid credits or a spending cap, as public threads quote them, without a machine-readable reason. "check
 * your plan and billing details" is in every 429. Read 2026-11-30. Tested on the service's own words only.
 */
const BUDGET_SPENT =
  /spend(ing)?[ -](cap|limit)|prepa(y|id)|credits? (are|is|have been) (depleted|exhausted|used)/i

/** Plain errors of @google/genai 3.3.0 for damaged streams and uploads. */
const SDK_FAILURE =
  /^(Incomplete JSON segment|exception parsing stream chunk|Response body is empty|Failed to (upload file|get upload url)|All content has been uploaded)/

/** Codes of Node and undici for a connection that was never established: nothing was sent. */
const NEVER_CONNECTED = new Set<unknown>([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

const REFUSED: FailureFacts = { fault: 'final', billing: 'free', scope: 'request' }
const MODEL_OUT: FailureFacts = { ...REFUSED, scope: 'model' }
export const PROVIDER_OUT: FailureFacts = { ...REFUSED, scope: 'provider' }
const INTERNAL: FailureFacts = { fault: 'transient', billing: 'free', scope: 'request' }
/** No response came: the model may have worked on the request. */
const NO_RESPONSE: FailureFacts = { ...INTERNAL, billing: 'unknown' }
/** A response came and cannot be read: the model has answered. */
export const DAMAGED_RESPONSE: FailureFacts = { ...INTERNAL, billing: 'billed' }

type ErrorAnswer = ErrorBody & { status: number }

/**
 * Error statuses. The first row that matches applies. Responses of 400 and 500 are not charged:
 * https://ai.google.dev/gemini-api/docs/billing, 2026-11. A 504 may come after the model has worked.
 */
const STATUSES: [matches: (answer: ErrorAnswer) => boolean, code: ErrorCode, facts: FailureFacts][] = [
  [({ status }) => status === 402, 'model-budget-spent', PROVIDER_OUT],
  [
    ({ status, message }) => status === 429 && BUDGET_SPENT.test(ownWords(message)),
    'model-budget-spent',
    PROVIDER_OUT,
  ],
  [
    ({ status, quotaIds }) => status === 429 && quotaIds.some((id) => id.includes('PerDay')),
    'model-day-limit',
    MODEL_OUT,
  ],
  [({ status }) => status === 429, 'model-rate-limited', { ...REFUSED, fault: 'rate-limited' }],
  [({ status }) => status === 408 || status === 504, 'model-timeout', NO_RESPONSE],
  [({ status }) => status === 500, 'model-unavailable', INTERNAL],
  [({ status }) => status > 500, 'model-unavailable', { ...INTERNAL, fault: 'overloaded' }],
  [({ status }) => status === 404, 'model-not-found', MODEL_OUT],
  [
    ({ status, googleStatus, reasons }) =>
      status === 400 && (googleStatus === 'FAILED_PRECONDITION' || reasons.some(isProviderReason)),
    'model-misconfigured',
    PROVIDER_OUT,
  ],
  [
    ({ status, message }) => status === 413 || (status === 400 && TOO_LARGE.test(message)),
    'model-refused-image',
    { ...REFUSED, reason: 'too-large' },
  ],
  [
    ({ status, message, googleStatus }) => status === 400 && IMAGE_REFUSED.test(`${googleStatus} ${message}`),
    'model-refused-image',
    REFUSED,
  ],
  [({ status }) => status === 400, 'model-refused-request', REFUSED],
  // 401 and 403: the key or the service account.
  [() => true, 'model-misconfigured', PROVIDER_OUT],
]

/**
 * Exceptions without a status, as @google/genai 3.3.0 and fetch throw them. The first row that matches
 * applies.
 */
const EXCEPTIONS: [matches: (error: Error) => boolean, code: ErrorCode, message: string, FailureFacts][] = [
  [
    ({ name }) => name === 'AbortError' || name === 'TimeoutError',
    'model-timeout',
    'The model service did not answer in time',
    NO_RESPONSE,
  ],
  [
    (error) =>
      isFetchFailure(error) && NEVER_CONNECTED.has((error.cause as { code?: unknown } | undefined)?.code),
    'model-unavailable',
    'Cannot connect to the model service',
    INTERNAL,
  ],
  [
    (error) => isFetchFailure(error) && error.message.includes('terminated'),
    'model-unavailable',
    'The connection to the model service was lost during its response',
    DAMAGED_RESPONSE,
  ],
  [isFetchFailure, 'model-unavailable', 'The connection to the model service was lost', NO_RESPONSE],
  [
    (error) => error instanceof SyntaxError || SDK_FAILURE.test(error.message),
    'model-unavailable',
    'The model service sent a damaged response',
    DAMAGED_RESPONSE,
  ],
]

/**
 * The failure of the model service that `error` stands for, or undefined if it is not an error of the
 * service.
 */
export function asServiceError(error: unknown): ModelFailure | undefined {
  if (error instanceof ModelFailure) return error
  if (!(error instanceof Error) || asVisionError(error)) return undefined
  if ('status' in error && typeof error.status === 'number') return fromStatus(error.status, error)
  const row = EXCEPTIONS.find(([matches]) => matches(error))
  if (!row) return undefined
  const [, code, message, facts] = row
  return new ModelFailure(code, message, facts, { cause: error })
}

/** Runs a call of the SDK. @throws ModelFailure for errors of the service; anything else as it is */
export async function callService<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw asServiceError(error) ?? error
  }
}

/**
 * How a request under `signal` ended: the caller's own reason to abort it comes before the failure which that
 * caused.
 */
export function endOf(error: unknown, signal: AbortSignal | undefined): unknown {
  const failure = asServiceError(error)
  return failure || asVisionError(error) ? (asVisionError(signal?.reason) ?? failure ?? error) : error
}

function isFetchFailure(error: Error): boolean {
  return error instanceof TypeError && /fetch failed|terminated/.test(error.message)
}

function isProviderReason(reason: string): boolean {
  return PROVIDER_REASON.test(reason)
}

/** The message up to the first character that may begin a quotation of the request. */
function ownWords(message: string): string {
  return /^[^"'`:{[(<\n]*/.exec(message)![0]
}

/** For a daily limit or a budget: the RetryInfo that comes with it is often of seconds. */
const LONG_WAIT_MS = 60 * 60 * 1000

function fromStatus(status: number, cause: Error): ModelFailure {
  const answer = { status, ...readErrorBody(cause.message) }
  const { googleStatus, retryAfterMs } = answer
  const [, code, facts] = STATUSES.find(([matches]) => matches(answer))!
  // Only the message: the details of any error may name a method of files.
  const isAboutFile =
    [400, 403, 404].includes(status) &&
    !answer.reasons.some(isProviderReason) &&
    !KEY_REFUSED.test(answer.message) &&
    FILE_UNUSABLE.test(answer.message)
  const isLong = code === 'model-day-limit' || code === 'model-budget-spent'
  const known: FailureFacts = isAboutFile
    ? { ...facts, scope: 'request', reason: facts.reason ?? 'file-unusable' }
    : facts
  return new ModelFailure(
    code,
    `The model service answered ${status} ${googleStatus}`.trim(),
    // Without Google's JSON, the body is a proxy's page or the error of the authentication library.
    known.scope === 'request' ? known : { ...known, serviceMessage: answer.message || cause.message },
    { cause, retryAfterMs: isLong ? Math.max(retryAfterMs ?? 0, LONG_WAIT_MS) : retryAfterMs },
  )
}
