import { z } from 'zod'
import { asVisionError, type ErrorCode, VisionError } from '../../errors.ts'
import type { ModelAnswer } from '../../ports/vision-model.ts'

/**
 * https://ai.google.dev/api/generate-content#BlockReason and #FinishReason, with the SDK's 3.1 enums; read
 * 2026-11-22.
 */
const REASONS: Record<string, ErrorCode> = {
  SAFETY: 'blocked-safety',
  IMAGE_SAFETY: 'blocked-safety',
  JAILBREAK: 'blocked-safety',
  MODEL_ARMOR: 'blocked-safety',
  PROHIBITED_CONTENT: 'blocked-prohibited-content',
  IMAGE_PROHIBITED_CONTENT: 'blocked-prohibited-content',
  SPII: 'blocked-personal-data',
  BLOCKLIST: 'blocked-blocklist',
  // Requests declare no tools.
  MALFORMED_FUNCTION_CALL: 'model-refused-request',
  UNEXPECTED_TOOL_CALL: 'model-refused-request',
  TOO_MANY_TOOL_CALLS: 'model-refused-request',
  RECITATION: 'answer-recitation',
  IMAGE_RECITATION: 'answer-recitation',
}

/** Finish reasons of answers whose text is usable. */
const ENDS_WITH_TEXT = new Set(['STOP', 'MAX_TOKENS', 'FINISH_REASON_UNSPECIFIED'])

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
 * text.
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
  const stopped =
    blockReason !== undefined || !(finishReason === undefined || ENDS_WITH_TEXT.has(finishReason))
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
      REASONS[blockReason] ?? 'blocked-other',
      `The model service blocked the request: ${blockReason}`,
    )
  }
  const candidate = candidates?.[0]
  if (!candidate) throw new VisionError('answer-empty', 'The model service answered without a candidate')
  const finishReason = candidate.finishReason ?? 'FINISH_REASON_UNSPECIFIED'
  const text = joinText(candidate)
  const truncated = finishReason === 'MAX_TOKENS'
  // Partial text of a blocked answer is dropped with it.
  if (!ENDS_WITH_TEXT.has(finishReason)) {
    throw new VisionError(
      REASONS[finishReason] ?? 'answer-stopped',
      `The model stopped with the finish reason ${finishReason}`,
    )
  }
  if (text.trim() === '') {
    throw new VisionError(
      truncated ? 'answer-truncated' : 'answer-empty',
      `The model answered without text, with the finish reason ${finishReason}`,
    )
  }
  return { text, truncated }
}
