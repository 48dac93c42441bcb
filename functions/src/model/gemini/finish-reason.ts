import type { BlockedReason, FinishReason } from '@google/genai'
import { z } from 'zod'
import { asVisionError, type ErrorCode, VisionError } from '../../errors.ts'
import { type ModelAnswer, ModelFailure } from '../../ports/vision-model.ts'
import { PROVIDER_OUT } from './service-error.ts'

/**
 * The type requires an entry for every reason of the SDK's enums (@google/genai 3.3.0, read 2026-11-30).
 * https://ai.google.dev/api/generate-content#FinishReason
 */
const FINISH_REASONS: Record<`${FinishReason}`, ErrorCode | 'complete' | 'cut'> = {
  STOP: 'complete',
  FINISH_REASON_UNSPECIFIED: 'complete',
  MAX_TOKENS: 'cut',
  // The answer needs another request (Gemini 4). Requests turn the SDK's automatic continuation off.
  CONTINUATION: 'cut',
  SAFETY: 'blocked-safety',
  IMAGE_SAFETY: 'blocked-safety',
  MODEL_ARMOR: 'blocked-safety',
  PROHIBITED_CONTENT: 'blocked-prohibited-content',
  IMAGE_PROHIBITED_CONTENT: 'blocked-prohibited-content',
  SPII: 'blocked-personal-data',
  BLOCKLIST: 'blocked-blocklist',
  // "Request was filtered by an escalation rule."
  ESCALATION: 'blocked-other',
  // "The user account is limited or disabled due to Prohibited Use Policy (PUP) violations."
  PUP_LIMITED_DISABLED: 'model-misconfigured',
  // Requests declare no tools and contain no thoughts.
  MALFORMED_FUNCTION_CALL: 'model-refused-request',
  UNEXPECTED_TOOL_CALL: 'model-refused-request',
  TOO_MANY_TOOL_CALLS: 'model-refused-request',
  MISSING_THOUGHT_SIGNATURE: 'model-refused-request',
  RECITATION: 'answer-recitation',
  IMAGE_RECITATION: 'answer-recitation',
  MALFORMED_RESPONSE: 'answer-stopped',
  LANGUAGE: 'answer-stopped',
  OTHER: 'answer-stopped',
  IMAGE_OTHER: 'answer-stopped',
  NO_IMAGE: 'answer-stopped',
}

/** https://ai.google.dev/api/generate-content#BlockReason, read 2026-11-22. */
const BLOCK_REASONS: Record<`${BlockedReason}`, ErrorCode> = {
  SAFETY: 'blocked-safety',
  IMAGE_SAFETY: 'blocked-safety',
  JAILBREAK: 'blocked-safety',
  MODEL_ARMOR: 'blocked-safety',
  PROHIBITED_CONTENT: 'blocked-prohibited-content',
  BLOCKLIST: 'blocked-blocklist',
  OTHER: 'blocked-other',
  BLOCKED_REASON_UNSPECIFIED: 'blocked-other',
}

/** How an answer with this finish reason ended. The service adds reasons before the SDK has them. */
function endOf(finishReason: string): ErrorCode | 'complete' | 'cut' {
  return valueOf(FINISH_REASONS, finishReason) ?? 'answer-stopped'
}

function valueOf<T>(table: Record<string, T>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined
}

/** Whether the text of an answer with this finish reason must not be used. */
function isStopped(finishReason: string): boolean {
  const end = endOf(finishReason)
  return end !== 'complete' && end !== 'cut'
}

/**
 * The fields used of a response. Reasons are any text: the service adds values before the SDK's enums have
 * them.
 */
const envelope = z.object({
  promptFeedback: z.object({ blockReason: z.string().optional() }).optional(),
  candidates: z
    .array(
      z.object({
        finishReason: z.string().optional(),
        content: z
          .object({
            parts: z
              .array(z.object({ text: z.string().optional(), thought: z.boolean().optional() }))
              .optional(),
          })
          .optional(),
      }),
    )
    .optional(),
})

type Candidate = NonNullable<z.infer<typeof envelope>['candidates']>[number]

/** Without the model's thoughts. */
function joinText(candidate: Candidate | undefined): string {
  return (candidate?.content?.parts ?? []).map((part) => (part.thought ? '' : (part.text ?? ''))).join('')
}

/**
 * The answer's text, or `blocked-*` or `answer-*`: blocked and stopped answers arrive as a success without
 * text. A ModelFailure if the reason concerns more than this request.
 */
export function readAnswerText(response: unknown): Pick<ModelAnswer, 'text' | 'truncated' | 'failure'> {
  try {
    return textOf(response)
  } catch (error) {
    const failure = asVisionError(error)
    if (!failure) throw error
    return { text: '', truncated: failure.code === 'answer-truncated', failure }
  }
}

/** One chunk of a stream, or undefined if it has another shape. `stopped`: its text must not be used. */
export function readChunk(chunk: unknown) {
  const parsed = envelope.safeParse(chunk)
  if (!parsed.success) return undefined
  const { promptFeedback, candidates } = parsed.data
  const blockReason = promptFeedback?.blockReason
  const finishReason = candidates?.[0]?.finishReason
  const stopped = blockReason !== undefined || (finishReason !== undefined && isStopped(finishReason))
  return { text: joinText(candidates?.[0]), finishReason, blockReason, stopped }
}

function textOf(response: unknown): { text: string; truncated: boolean } {
  const parsed = envelope.safeParse(response)
  if (!parsed.success) {
    throw new VisionError(
      'answer-unreadable',
      `The model service answered in another shape: ${z.prettifyError(parsed.error)}`,
    )
  }
  const { promptFeedback, candidates } = parsed.data
  const blockReason = promptFeedback?.blockReason
  if (blockReason) {
    throw new VisionError(
      valueOf(BLOCK_REASONS, blockReason) ?? 'blocked-other',
      `The model service blocked the request: ${blockReason}`,
    )
  }
  const candidate = candidates?.[0]
  if (!candidate) throw new VisionError('answer-empty', 'The model service answered without a candidate')
  const finishReason = candidate.finishReason ?? 'FINISH_REASON_UNSPECIFIED'
  const text = joinText(candidate)
  const end = endOf(finishReason)
  const truncated = end === 'cut'
  // Partial text of a blocked answer is dropped with it.
  if (end !== 'complete' && end !== 'cut') {
    const message = `The model stopped with the finish reason ${finishReason}`
    // Every request with this account ends like this one.
    if (end === 'model-misconfigured') throw new ModelFailure(end, message, PROVIDER_OUT)
    throw new VisionError(end, message)
  }
  if (text.trim() === '') {
    throw new VisionError(
      truncated ? 'answer-truncated' : 'answer-empty',
      `The model answered without text, with the finish reason ${finishReason}`,
    )
  }
  return { text, truncated }
}
