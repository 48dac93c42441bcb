import {
  type Failure,
  googleError,
  OVERLOADED,
  PERHAPS_PAID,
  REFUSED,
  retryInfo,
  rowsOf,
  STUMBLED,
  TOLD_TO_WAIT,
  TOO_MANY,
} from './failure-row.ts'

const HOUR_MS = 3_600_000

/** As the free tier says it: the same words for the minute and the day. */
const quotaSpent = (per: 'Day' | 'Minute', retryDelay: string) =>
  googleError(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota, please check your plan.', [
    retryInfo(retryDelay),
    {
      '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
      violations: [{ quotaId: `GenerateRequestsPer${per}PerProjectPerModel-FreeTier`, quotaValue: '20' }],
    },
  ])

const limited = { code: 'model-rate-limited', document: 'processing', call: 'RESOURCE_EXHAUSTED' } as const
const unavailable = { code: 'model-unavailable', document: 'processing', call: 'UNAVAILABLE' } as const
const timeout = { code: 'model-timeout', document: 'processing', call: 'DEADLINE_EXCEEDED' } as const
const misconfigured = { code: 'model-misconfigured', document: 'deferred', call: 'INTERNAL' } as const
const refusedImage = { code: 'model-refused-image', document: 'rejected', call: 'INVALID_ARGUMENT' } as const

/** Requests that fail: rows 1 to 15. */
export const FAILED_REQUESTS: Failure[] = [
  ...rowsOf({ ...limited, ...TOO_MANY }, [
    [1, '429 without RetryInfo', googleError(429, 'RESOURCE_EXHAUSTED', 'Quota')],
  ]),
  ...rowsOf({ ...limited, ...TOLD_TO_WAIT, retryAfterMs: 2000 }, [
    [1, '429 with a short RetryInfo', googleError(429, 'RESOURCE_EXHAUSTED', 'Quota', [retryInfo('2s')])],
  ]),
  ...rowsOf({ ...limited, ...TOLD_TO_WAIT, callRequests: 1, retryAfterMs: 12_000 }, [
    [1, '429 with a RetryInfo of 12 s', googleError(429, 'RESOURCE_EXHAUSTED', 'Quota', [retryInfo('12s')])],
  ]),
  ...rowsOf({ ...limited, ...REFUSED, retryAfterMs: 120_000 }, [
    [1, '429 with a long RetryInfo', googleError(429, 'RESOURCE_EXHAUSTED', 'Quota', [retryInfo('120s')])],
  ]),
  ...rowsOf({ ...limited, ...REFUSED, retryAfterMs: 40_000 }, [
    [1, '429 for the minute', quotaSpent('Minute', '40s')],
  ]),
  ...rowsOf(
    { ...limited, ...REFUSED, code: 'model-day-limit', document: 'deferred', retryAfterMs: HOUR_MS },
    [[2, '429 for the day', quotaSpent('Day', '7s')]],
  ),
  ...rowsOf(
    {
      ...REFUSED,
      code: 'model-budget-spent',
      document: 'deferred',
      call: 'UNAVAILABLE',
      retryAfterMs: HOUR_MS,
    },
    [
      [3, '402', googleError(402, 'RESOURCE_EXHAUSTED', 'Prepay')],
      [
        3,
        '429 for a spending cap',
        googleError(429, 'RESOURCE_EXHAUSTED', 'You have reached its spend cap.'),
      ],
    ],
  ),
  ...rowsOf({ ...unavailable, ...STUMBLED }, [[4, '500', googleError(500, 'INTERNAL', 'Oops')]]),
  ...rowsOf({ ...unavailable, ...OVERLOADED }, [
    [5, '503', googleError(503, 'UNAVAILABLE', 'Overloaded')],
    [6, '502', googleError(502, 'UNAVAILABLE', 'Bad gateway')],
    [6, 'an HTML page with 502', { fault: 'html' }],
  ]),
  ...rowsOf({ ...timeout, ...PERHAPS_PAID }, [[6, '504', googleError(504, 'DEADLINE_EXCEEDED', 'Late')]]),
  ...rowsOf({ ...timeout, ...PERHAPS_PAID }, [[7, 'no answer in time', { fault: 'hang' }]]).map(
    (failure) => ({
      ...failure,
      timeoutMs: 1000,
    }),
  ),
  // What was told of a stream cannot be taken back, so nothing is tried again.
  ...rowsOf({ ...unavailable, ...PERHAPS_PAID, streamed: { requests: 1 } }, [
    [9, 'half a body', { fault: 'truncate' }],
  ]),
  ...rowsOf({ ...unavailable, ...STUMBLED, paidCalls: 3 }, [[8, 'a broken connection', { fault: 'reset' }]]),
  ...rowsOf({ ...unavailable, ...PERHAPS_PAID }, [
    [9, 'an HTML page with 200', { fault: 'html', status: 200 }],
  ]),
  ...rowsOf({ ...misconfigured, ...REFUSED }, [
    [10, 'a wrong key', googleError(400, 'INVALID_ARGUMENT', 'API key not valid.')],
    [10, '401', googleError(401, 'UNAUTHENTICATED', 'No')],
    [10, '403', googleError(403, 'PERMISSION_DENIED', 'No')],
    [11, '400 about the region', googleError(400, 'FAILED_PRECONDITION', 'User location is not supported')],
  ]),
  ...rowsOf({ ...misconfigured, ...REFUSED, code: 'model-not-found' }, [
    [12, 'a retired model', googleError(404, 'NOT_FOUND', 'models/x is not found')],
  ]),
  ...rowsOf({ ...refusedImage, ...REFUSED }, [
    [13, '400 about the image', googleError(400, 'INVALID_ARGUMENT', 'Unable to process input image.')],
  ]),
  // Once more with smaller images: the first request stays counted, although both were free.
  ...rowsOf({ ...refusedImage, requests: 2, paidCalls: 0 }, [
    [15, '413', googleError(413, 'INVALID_ARGUMENT', 'Too large')],
  ]),
  ...rowsOf({ ...REFUSED, code: 'model-refused-request', document: 'failed', call: 'INTERNAL' }, [
    [14, 'another 400', googleError(400, 'INVALID_ARGUMENT', 'Unknown field')],
  ]),
]
