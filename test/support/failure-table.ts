import { expect } from 'vitest'
import type { Status } from '../../functions/src/annotations/annotation.ts'
import { FAILURES as CODES, type ErrorCode } from '../../functions/src/errors.ts'
import type { Pacing } from '../../functions/src/gemini/retry.ts'

/*
 * What the model service may do, and what becomes of it: of a photo whose steps both fail so, and of a call. Numbers are those of the
 * table in docs/reliability.md. Rows are grouped by what they end in.
 */

type End = {
  code: ErrorCode
  /** How a photo ends when both of its steps fail so. `processing`: its event is thrown back. All others are acknowledged. */
  document: Exclude<Status, 'succeeded' | 'partial' | 'superseded' | 'deleted'>
  /** What a caller is told: the name of the gRPC status. */
  call: string
  /** HTTP requests for one step of a photo, by the policy of production. */
  requests: number
  /** For a call, where somebody waits and fewer are worth it. */
  callRequests?: number
  /** Of them, those that stay counted on the document as paid. */
  paidCalls: number
  retryAfterMs?: number
  /** What is otherwise for an answer that is streamed. */
  streamed?: { code?: ErrorCode; requests: number }
}

export type Failure = End & {
  row: number
  what: string
  /** Of a script of the local Gemini API. */
  reply: object
  /** How long an answer is waited for, where that is what the row is about. */
  timeoutMs?: number
}

/** The service says how long to wait: it is believed twice. */
const TOLD_TO_WAIT = { requests: 3, paidCalls: 0 }
const TOO_MANY = { requests: 4, callRequests: 3, paidCalls: 0 }
/** 2, 8 and 20 s; a call waits for 2 s alone. */
const OVERLOADED = { requests: 4, callRequests: 2, paidCalls: 0 }
const STUMBLED = { requests: 3, paidCalls: 0 }
/** Nobody can tell whether the service did the work. */
const PERHAPS_PAID = { requests: 2, paidCalls: 2 }
const REFUSED = { requests: 1, paidCalls: 0 }
/** An answer that is final. */
const ANSWERED = { requests: 1, paidCalls: 1 }
/** An answer that may be another one the second time. */
const ASKED_AGAIN = { requests: 2, paidCalls: 2 }

const HOUR_MS = 3_600_000

/** Production's waits, on a clock that takes no time. */
export const pacing: Pacing = { sleep: async () => undefined, random: () => 0.5 }

/** The error as a caller gets it: our words, whatever the service said. */
export const errorOf = ({ call, code, retryAfterMs }: Failure) => ({
  status: call,
  message: CODES[code].message,
  details: {
    reason: code,
    retryable: CODES[code].retryable,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    requestId: expect.any(String),
  },
})

function rowsOf(end: End, rows: [row: number, what: string, reply: object][]): Failure[] {
  return rows.map(([row, what, reply]) => ({ ...end, row, what, reply }))
}

/** An error as Google's services write it, with words that nobody else may hear. */
export const googleError = (code: number, status: string, message: string, details: object[] = []) => ({
  status: code,
  body: { error: { code, status, message: `${message} CANARY-TEXT`, details } },
})

export const retryInfo = (retryDelay: string) => ({
  '@type': 'type.googleapis.com/google.rpc.RetryInfo',
  retryDelay,
})

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
  ...rowsOf({ ...refusedImage, requests: 2, paidCalls: 1 }, [
    [15, '413', googleError(413, 'INVALID_ARGUMENT', 'Too large')],
  ]),
  ...rowsOf({ ...REFUSED, code: 'model-refused-request', document: 'failed', call: 'INTERNAL' }, [
    [14, 'another 400', googleError(400, 'INVALID_ARGUMENT', 'Unknown field')],
  ]),
]

const blocked = (code: ErrorCode) =>
  ({ ...ANSWERED, code, document: 'blocked', call: 'FAILED_PRECONDITION' }) as const
const failed = (code: ErrorCode) =>
  ({ ...ASKED_AGAIN, code, document: 'failed', call: 'UNAVAILABLE' }) as const

/** A request that was blocked. */
const prompt = (reason: string): [number, string, object] => [
  16,
  `a prompt blocked for ${reason}`,
  { body: { promptFeedback: { blockReason: reason } } },
]
/** An answer that was stopped, with the text that had come until then. */
const stop = (row: number, finishReason: string): [number, string, object] => [
  row,
  `an answer stopped for ${finishReason}`,
  { text: 'CANARY-TEXT', finishReason },
]

/** Answers that are none: rows 16 to 22. */
export const FAILED_ANSWERS: Failure[] = [
  ...rowsOf(blocked('blocked-safety'), ['SAFETY', 'JAILBREAK', 'MODEL_ARMOR', 'IMAGE_SAFETY'].map(prompt)),
  ...rowsOf(blocked('blocked-blocklist'), [prompt('BLOCKLIST')]),
  ...rowsOf(blocked('blocked-prohibited-content'), [prompt('PROHIBITED_CONTENT')]),
  ...rowsOf(
    { ...blocked('blocked-other'), ...ASKED_AGAIN },
    ['OTHER', 'BLOCKED_REASON_UNSPECIFIED', 'A_NEW_ONE'].map(prompt),
  ),
  ...rowsOf(blocked('blocked-safety'), [stop(17, 'SAFETY'), stop(17, 'IMAGE_SAFETY')]),
  ...rowsOf(blocked('blocked-prohibited-content'), [
    stop(17, 'PROHIBITED_CONTENT'),
    stop(17, 'IMAGE_PROHIBITED_CONTENT'),
  ]),
  ...rowsOf(blocked('blocked-personal-data'), [stop(17, 'SPII')]),
  ...rowsOf(blocked('blocked-blocklist'), [stop(17, 'BLOCKLIST')]),
  ...rowsOf(failed('answer-recitation'), [stop(18, 'RECITATION'), stop(18, 'IMAGE_RECITATION')]),
  ...rowsOf(failed('answer-truncated'), [
    [19, 'MAX_TOKENS without text', { text: '', finishReason: 'MAX_TOKENS' }],
    [19, 'MAX_TOKENS without parts', { body: { candidates: [{ content: {}, finishReason: 'MAX_TOKENS' }] } }],
  ]),
  ...rowsOf(failed('answer-stopped'), [
    ...['OTHER', 'LANGUAGE', 'NO_IMAGE', 'IMAGE_OTHER'].map((reason) => stop(20, reason)),
    ...['CONTINUATION', 'MALFORMED_RESPONSE', 'A_NEW_ONE'].map((reason) => stop(20, reason)),
  ]),
  // Taken for a refusal by the service, which is free: its count is taken back, although it was an answer.
  ...rowsOf({ ...REFUSED, code: 'model-refused-request', document: 'failed', call: 'INTERNAL' }, [
    stop(21, 'MALFORMED_FUNCTION_CALL'),
    stop(21, 'UNEXPECTED_TOOL_CALL'),
    stop(21, 'TOO_MANY_TOOL_CALLS'),
  ]),
  // A stream that ends without a finish reason has lost its end.
  ...rowsOf(
    { ...failed('answer-empty'), streamed: { code: 'model-unavailable', requests: PERHAPS_PAID.requests } },
    [
      [22, 'an empty object', { body: {} }],
      [22, 'no candidates', { body: { candidates: [] } }],
    ],
  ),
  ...rowsOf(failed('answer-empty'), [[22, 'empty text', { text: '' }]]),
]

/** Answers that are to be JSON, and cannot be read: row 23. A question may be answered in any words. */
export const UNREADABLE_ANSWERS: Failure[] = rowsOf(
  failed('answer-unreadable'),
  ['CANARY-TEXT I am sorry, I cannot do that.', '{"summary": ', '[]]]', 'null', '7'].map((text) => [
    23,
    `what cannot be read (${text})`,
    { text },
  ]),
)

export const MODEL_FAILURES: Failure[] = [...FAILED_REQUESTS, ...FAILED_ANSWERS]
