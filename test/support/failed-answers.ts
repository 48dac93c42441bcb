import type { ErrorCode } from '../../functions/src/errors.ts'
import { ANSWERED, ANSWERED_TWICE, DAMAGED, type Failure, failure, type Handling } from './failure-row.ts'

/** Prompts that the service blocked. */
const blockedPrompts = (code: ErrorCode, handling: Handling, ...reasons: string[]) =>
  reasons.map((blockReason) =>
    failure(`a prompt blocked for ${blockReason}`, code, handling, {
      body: { promptFeedback: { blockReason } },
    }),
  )

/** Answers that stopped for one of these reasons, with the text that had been generated. */
const stoppedAnswers = (code: ErrorCode, handling: Handling, ...reasons: string[]) =>
  reasons.map((finishReason) =>
    failure(`an answer stopped for ${finishReason}`, code, handling, {
      body: { candidates: [{ content: { parts: [{ text: 'CANARY-TEXT' }] }, finishReason }] },
    }),
  )

// A stream that ends without a finish reason was cut.
const cutStream = { code: 'model-unavailable', requests: DAMAGED.requests } as const

/** Answers with status 200 that cannot be used. */
export const FAILED_ANSWERS: Failure[] = [
  ...blockedPrompts('blocked-safety', ANSWERED, 'SAFETY', 'JAILBREAK', 'MODEL_ARMOR', 'IMAGE_SAFETY'),
  ...blockedPrompts('blocked-blocklist', ANSWERED, 'BLOCKLIST'),
  ...blockedPrompts('blocked-prohibited-content', ANSWERED, 'PROHIBITED_CONTENT'),
  ...blockedPrompts('blocked-other', ANSWERED_TWICE, 'OTHER', 'BLOCKED_REASON_UNSPECIFIED', 'A_NEW_REASON'),
  ...stoppedAnswers('blocked-safety', ANSWERED, 'SAFETY', 'IMAGE_SAFETY', 'MODEL_ARMOR'),
  ...stoppedAnswers('blocked-prohibited-content', ANSWERED, 'PROHIBITED_CONTENT', 'IMAGE_PROHIBITED_CONTENT'),
  ...stoppedAnswers('blocked-personal-data', ANSWERED, 'SPII'),
  ...stoppedAnswers('blocked-blocklist', ANSWERED, 'BLOCKLIST'),
  ...stoppedAnswers('blocked-other', ANSWERED_TWICE, 'ESCALATION'),
  ...stoppedAnswers('answer-recitation', ANSWERED_TWICE, 'RECITATION', 'IMAGE_RECITATION'),
  ...stoppedAnswers('answer-stopped', ANSWERED_TWICE, 'OTHER', 'LANGUAGE', 'NO_IMAGE', 'IMAGE_OTHER'),
  ...stoppedAnswers('answer-stopped', ANSWERED_TWICE, 'MALFORMED_RESPONSE', 'A_NEW_REASON'),
  ...stoppedAnswers('model-refused-request', ANSWERED, 'MALFORMED_FUNCTION_CALL', 'UNEXPECTED_TOOL_CALL'),
  ...stoppedAnswers('model-refused-request', ANSWERED, 'TOO_MANY_TOOL_CALLS', 'MISSING_THOUGHT_SIGNATURE'),
  // Ends every request of this account.
  ...stoppedAnswers('model-misconfigured', ANSWERED, 'PUP_LIMITED_DISABLED'),
  failure('MAX_TOKENS with empty text', 'answer-truncated', ANSWERED_TWICE, {
    body: { candidates: [{ content: { parts: [{ text: '' }] }, finishReason: 'MAX_TOKENS' }] },
  }),
  failure('CONTINUATION with empty text', 'answer-truncated', ANSWERED_TWICE, {
    body: { candidates: [{ content: { parts: [{ text: '' }] }, finishReason: 'CONTINUATION' }] },
  }),
  failure('MAX_TOKENS without parts', 'answer-truncated', ANSWERED_TWICE, {
    body: { candidates: [{ content: {}, finishReason: 'MAX_TOKENS' }] },
  }),
  failure('an empty object', 'answer-empty', ANSWERED_TWICE, { body: {} }, { streamed: cutStream }),
  failure(
    'no candidates',
    'answer-empty',
    ANSWERED_TWICE,
    { body: { candidates: [] } },
    { streamed: cutStream },
  ),
  failure('empty text', 'answer-empty', ANSWERED_TWICE, {
    body: { candidates: [{ content: { parts: [{ text: '' }] }, finishReason: 'STOP' }] },
  }),
]

/**
 * Text that is not the JSON that was asked for. A question may be answered in any text, so these are no
 * failures of answerQuestion.
 */
export const UNREADABLE_ANSWERS: Failure[] = [
  'CANARY-TEXT I am sorry, I cannot do that.',
  '{"summary": ',
  '[]]]',
  'null',
  '7',
].map((text) =>
  failure(`text that is not the JSON asked for (${text})`, 'answer-unreadable', ANSWERED_TWICE, { text }),
)
