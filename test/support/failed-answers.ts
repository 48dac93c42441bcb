import type { ErrorCode } from '../../functions/src/errors.ts'
import { ANSWERED, ASKED_AGAIN, type Failure, PERHAPS_PAID, rowsOf } from './failure-row.ts'

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
  ...rowsOf({ ...ANSWERED, code: 'model-refused-request', document: 'failed', call: 'INTERNAL' }, [
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
