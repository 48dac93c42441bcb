import {
  DAMAGED,
  errorInfo,
  type Failure,
  failure,
  googleError,
  LOST,
  MODEL_OUT,
  OVERLOADED,
  operatorError,
  PROVIDER_OUT,
  RATE_LIMITED,
  REFUSED,
  RETRY_AFTER,
  retryInfo,
  TIMED_OUT,
  TOO_LARGE,
  TRANSIENT,
} from './failure-row.ts'

const HOUR_MS = 3_600_000

const rateLimited = (...details: object[]) => googleError(429, 'RESOURCE_EXHAUSTED', 'Quota', details)

/** The free tier sends the same text for the minute and the day. */
const quotaExceeded = (per: 'Day' | 'Minute', retryDelay: string) => {
  const error = per === 'Day' ? operatorError : googleError
  return error(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota, please check your plan.', [
    retryInfo(retryDelay),
    {
      '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
      violations: [{ quotaId: `GenerateRequestsPer${per}PerProjectPerModel-FreeTier`, quotaValue: '20' }],
    },
  ])
}

/** What @google/genai 3.3.0 throws for a connection that breaks before or within the body. */
const connectionReset = new TypeError('fetch failed', {
  cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
})
const bodyCut = new TypeError('terminated', { cause: new Error('other side closed') })
const notJson = new SyntaxError('Unexpected token \'<\', "<!DOCTYPE "... is not valid JSON')
const timedOut = new DOMException('This operation was aborted', 'AbortError')

/** Requests that fail. */
export const FAILED_REQUESTS: Failure[] = [
  failure('429 without RetryInfo', 'model-rate-limited', RATE_LIMITED, rateLimited()),
  failure('429 with a RetryInfo of 2 s', 'model-rate-limited', RETRY_AFTER, rateLimited(retryInfo('2s')), {
    retryAfterMs: 2000,
  }),
  failure('429 with a RetryInfo of 12 s', 'model-rate-limited', RETRY_AFTER, rateLimited(retryInfo('12s')), {
    retryAfterMs: 12_000,
    callRequests: 1,
  }),
  failure(
    '429 with a RetryInfo of 120 s',
    'model-rate-limited',
    RETRY_AFTER,
    rateLimited(retryInfo('120s')),
    { retryAfterMs: 120_000, requests: 1 },
  ),
  failure('429 for the minute', 'model-rate-limited', RETRY_AFTER, quotaExceeded('Minute', '40s'), {
    retryAfterMs: 40_000,
    requests: 1,
  }),
  failure('429 for the day', 'model-day-limit', MODEL_OUT, quotaExceeded('Day', '7s'), {
    retryAfterMs: HOUR_MS,
  }),
  failure('402', 'model-budget-spent', PROVIDER_OUT, operatorError(402, 'RESOURCE_EXHAUSTED', 'Prepay'), {
    retryAfterMs: HOUR_MS,
  }),
  failure(
    '429 for a spending cap',
    'model-budget-spent',
    PROVIDER_OUT,
    operatorError(429, 'RESOURCE_EXHAUSTED', 'You have reached its spend cap.'),
    { retryAfterMs: HOUR_MS },
  ),
  failure('500', 'model-unavailable', TRANSIENT, googleError(500, 'INTERNAL', 'Oops')),
  failure('503', 'model-unavailable', OVERLOADED, googleError(503, 'UNAVAILABLE', 'Overloaded')),
  failure('502', 'model-unavailable', OVERLOADED, googleError(502, 'UNAVAILABLE', 'Bad gateway')),
  failure('an HTML page with 502', 'model-unavailable', OVERLOADED, { fault: 'html', status: 502 }),
  failure('504', 'model-timeout', TIMED_OUT, googleError(504, 'DEADLINE_EXCEEDED', 'Late')),
  failure(
    'no answer in time',
    'model-timeout',
    TIMED_OUT,
    { fault: 'hang' },
    {
      thrown: timedOut,
      timeoutMs: 1000,
    },
  ),
  failure(
    'a broken connection',
    'model-unavailable',
    LOST,
    { fault: 'reset' },
    {
      thrown: connectionReset,
    },
  ),
  failure(
    'half a body',
    'model-unavailable',
    DAMAGED,
    { fault: 'truncate' },
    {
      thrown: bodyCut,
      // Text that was streamed cannot be taken back, so the request is not repeated.
      streamed: { requests: 1 },
    },
  ),
  failure(
    'an HTML page with 200',
    'model-unavailable',
    DAMAGED,
    { fault: 'html', status: 200 },
    {
      thrown: notJson,
    },
  ),
  failure(
    'an invalid API key',
    'model-misconfigured',
    PROVIDER_OUT,
    operatorError(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [
      errorInfo('API_KEY_INVALID'),
    ]),
  ),
  failure('401', 'model-misconfigured', PROVIDER_OUT, operatorError(401, 'UNAUTHENTICATED', 'No')),
  failure('403', 'model-misconfigured', PROVIDER_OUT, operatorError(403, 'PERMISSION_DENIED', 'No')),
  failure(
    '400 about the region',
    'model-misconfigured',
    PROVIDER_OUT,
    operatorError(400, 'FAILED_PRECONDITION', 'User location is not supported'),
  ),
  failure(
    'a retired model',
    'model-not-found',
    MODEL_OUT,
    operatorError(404, 'NOT_FOUND', 'models/x is not found'),
  ),
  failure(
    '400 about the image',
    'model-refused-image',
    REFUSED,
    googleError(400, 'INVALID_ARGUMENT', 'Unable to process input image.'),
  ),
  failure('413', 'model-refused-image', TOO_LARGE, googleError(413, 'INVALID_ARGUMENT', 'Too large')),
  failure(
    'another 400',
    'model-refused-request',
    REFUSED,
    googleError(400, 'INVALID_ARGUMENT', 'Unknown field'),
  ),
]
