import { expect } from 'vitest'
import type { Status } from '../../functions/src/document/annotation.ts'
import { FAILURES as CODES, type ErrorCode } from '../../functions/src/errors.ts'
import type { Pacing } from '../../functions/src/model/retry.ts'

/* One row of the table of failures, and how rows are written. */

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
export const TOLD_TO_WAIT = { requests: 3, paidCalls: 0 }
export const TOO_MANY = { requests: 4, callRequests: 3, paidCalls: 0 }
/** 2, 8 and 20 s; a call waits for 2 s alone. */
export const OVERLOADED = { requests: 4, callRequests: 2, paidCalls: 0 }
export const STUMBLED = { requests: 3, paidCalls: 0 }
/** Nobody can tell whether the service did the work. */
export const PERHAPS_PAID = { requests: 2, paidCalls: 2 }
export const REFUSED = { requests: 1, paidCalls: 0 }
/** An answer that is final. */
export const ANSWERED = { requests: 1, paidCalls: 1 }
/** An answer that may be another one the second time. */
export const ASKED_AGAIN = { requests: 2, paidCalls: 2 }

/** Production's waits, on a clock that takes no time. */
export const pacing: Pacing = { sleep: async () => undefined, random: () => 0.5 }

/** What HTTP says of each. https://cloud.google.com/apis/design/errors, 2026-11 */
export const HTTP_STATUS: Record<string, number> = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
}

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

export function rowsOf(end: End, rows: [row: number, what: string, reply: object][]): Failure[] {
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
