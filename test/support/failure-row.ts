import { expect } from 'vitest'
import type { Status } from '../../functions/src/document/annotation.ts'
import { type ErrorCode, FAILURES } from '../../functions/src/errors.ts'
import type { Pacing } from '../../functions/src/model/retry.ts'
import type { FailureFacts } from '../../functions/src/ports/vision-model.ts'

/* One row of the table of model failures, and helpers to write rows. */

/** How a failure is retried and billed, by the production retry policy. */
export type Handling = {
  /**
   * Undefined for an answer of status 200 that cannot be used: the retry layer does not see it as a failure.
   */
  facts?: FailureFacts
  /** HTTP requests for one step of a photo. */
  requests: number
  /** HTTP requests for a callable, where a user waits and fewer retries are allowed. Default: `requests`. */
  callRequests?: number
  /** How many of the requests stay counted as billed on the document. */
  paidCalls: number
}

export type Failure = Handling & {
  name: string
  code: ErrorCode
  /** The reply of a script of the local Gemini API. */
  reply: object
  /** The error that the SDK throws for the reply, if it is not an ApiError with the reply's status. */
  thrown?: Error
  retryAfterMs?: number
  /** The model's time limit, for the row about it. */
  timeoutMs?: number
  /** What differs for an answer that is streamed. */
  streamed?: { code?: ErrorCode; requests: number }
}

type Details = Partial<Handling> & Pick<Failure, 'thrown' | 'retryAfterMs' | 'timeoutMs' | 'streamed'>

const refused: FailureFacts = { fault: 'final', billing: 'free', scope: 'request' }
const rateLimited: FailureFacts = { ...refused, fault: 'rate-limited' }

/** Too many requests in a minute, without a time to wait. */
export const RATE_LIMITED: Handling = { facts: rateLimited, requests: 4, callRequests: 3, paidCalls: 0 }
/** The service says how long to wait: it is believed twice. */
export const RETRY_AFTER: Handling = { facts: rateLimited, requests: 3, paidCalls: 0 }
/** Waits of 2, 8 and 20 s; a callable waits only the 2 s. */
export const OVERLOADED: Handling = {
  facts: { ...refused, fault: 'overloaded' },
  requests: 4,
  callRequests: 2,
  paidCalls: 0,
}
export const TRANSIENT: Handling = { facts: { ...refused, fault: 'transient' }, requests: 3, paidCalls: 0 }
/**
 * The connection was lost before a response: the request is retried like a transient failure, and counted.
 */
export const LOST: Handling = {
  facts: { ...refused, fault: 'transient', billing: 'unknown' },
  requests: 3,
  paidCalls: 3,
}
/** The service may have done the work: one retry. */
export const TIMED_OUT: Handling = {
  facts: { ...refused, fault: 'transient', billing: 'unknown' },
  requests: 2,
  paidCalls: 2,
}
/** The service has done the work, but the answer was damaged on its way: one retry. */
export const DAMAGED: Handling = {
  facts: { ...refused, fault: 'transient', billing: 'billed' },
  requests: 2,
  paidCalls: 2,
}
export const REFUSED: Handling = { facts: refused, requests: 1, paidCalls: 0 }
/** Sent again with smaller images. */
export const TOO_LARGE: Handling = { facts: { ...refused, reason: 'too-large' }, requests: 2, paidCalls: 0 }
export const MODEL_OUT: Handling = { ...REFUSED, facts: { ...refused, scope: 'model' } }
export const PROVIDER_OUT: Handling = { ...REFUSED, facts: { ...refused, scope: 'provider' } }
/** An answer that is final. */
export const ANSWERED: Handling = { requests: 1, paidCalls: 1 }
/** An answer that may differ the second time. */
export const ANSWERED_TWICE: Handling = { requests: 2, paidCalls: 2 }

export const failure = (
  name: string,
  code: ErrorCode,
  handling: Handling,
  reply: object,
  details: Details = {},
): Failure => ({ name, code, ...handling, reply, ...details })

type Outcome = {
  /**
   * Status of a photo whose steps both fail. `processing`: its event is thrown back; all others are
   * acknowledged.
   */
  document: Exclude<Status, 'succeeded' | 'partial' | 'superseded' | 'deleted'>
  /** The gRPC status of the error that a caller gets. */
  call: string
  /** Its HTTP status. https://cloud.google.com/apis/design/errors, 2026-11 */
  httpStatus: number
}

const blocked: Outcome = { document: 'blocked', call: 'FAILED_PRECONDITION', httpStatus: 400 }
const unusable: Outcome = { document: 'failed', call: 'UNAVAILABLE', httpStatus: 503 }

const OUTCOMES: Partial<Record<ErrorCode, Outcome>> = {
  'model-rate-limited': { document: 'processing', call: 'RESOURCE_EXHAUSTED', httpStatus: 429 },
  'model-unavailable': { document: 'processing', call: 'UNAVAILABLE', httpStatus: 503 },
  'model-timeout': { document: 'processing', call: 'DEADLINE_EXCEEDED', httpStatus: 504 },
  'model-day-limit': { document: 'deferred', call: 'RESOURCE_EXHAUSTED', httpStatus: 429 },
  'model-budget-spent': { document: 'deferred', call: 'UNAVAILABLE', httpStatus: 503 },
  'model-misconfigured': { document: 'deferred', call: 'INTERNAL', httpStatus: 500 },
  'model-not-found': { document: 'deferred', call: 'INTERNAL', httpStatus: 500 },
  'model-refused-image': { document: 'rejected', call: 'INVALID_ARGUMENT', httpStatus: 400 },
  'model-refused-request': { document: 'failed', call: 'INTERNAL', httpStatus: 500 },
  'blocked-safety': blocked,
  'blocked-prohibited-content': blocked,
  'blocked-personal-data': blocked,
  'blocked-blocklist': blocked,
  'blocked-other': blocked,
  'answer-recitation': unusable,
  'answer-truncated': unusable,
  'answer-empty': unusable,
  'answer-unreadable': unusable,
  'answer-stopped': unusable,
}

export function outcomeOf({ code }: Pick<Failure, 'code'>): Outcome {
  const outcome = OUTCOMES[code]
  if (!outcome) throw new Error(`Add the outcome of ${code} to OUTCOMES`)
  return outcome
}

/** The production waits, on a clock that takes no time. */
export const pacing: Pacing = { sleep: async () => undefined, random: () => 0.5 }

/** The error that a caller gets: our own text, whatever the service sent. */
export const callErrorOf = (row: Pick<Failure, 'code' | 'retryAfterMs'>) => ({
  status: outcomeOf(row).call,
  message: FAILURES[row.code].message,
  details: {
    reason: row.code,
    retryable: FAILURES[row.code].retryable,
    ...(row.retryAfterMs !== undefined && { retryAfterMs: row.retryAfterMs }),
    requestId: expect.any(String),
  },
})

/** An error in the form of Google's services, with text that must not reach users or logs. */
export const googleError = (code: number, status: string, message: string, details: object[] = []) => ({
  status: code,
  body: { error: { code, status, message: `${message} CANARY-TEXT`, details } },
})

/** An error about the key, the project or the model. Operators read its text in the log, without the key. */
export const operatorError = (code: number, status: string, message: string, details: object[] = []) => ({
  status: code,
  body: { error: { code, status, message: `${message} ${FOR_OPERATORS} (key CANARY-KEY)`, details } },
})
export const FOR_OPERATORS = 'Text for operators'

export const errorInfo = (reason: string, domain = 'googleapis.com') => ({
  '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
  reason,
  domain,
  metadata: { service: 'generativelanguage.googleapis.com' },
})

export const retryInfo = (retryDelay: string) => ({
  '@type': 'type.googleapis.com/google.rpc.RetryInfo',
  retryDelay,
})
