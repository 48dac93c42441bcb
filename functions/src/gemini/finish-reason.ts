import type { GenerateContentResponse } from '@google/genai'
import { asVisionError, type ErrorCode, VisionError } from '../errors.ts'
import type { ModelAnswer } from './vision-model.ts'

/** https://ai.google.dev/api/generate-content#BlockReason and #FinishReason, with the SDK's 3.1 enums; read 2026-11-22. */
const REASONS: Record<string, ErrorCode> = {
  SAFETY: 'blocked-safety',
  IMAGE_SAFETY: 'blocked-safety',
  JAILBREAK: 'blocked-safety',
  MODEL_ARMOR: 'blocked-safety',
  PROHIBITED_CONTENT: 'blocked-prohibited-content',
  IMAGE_PROHIBITED_CONTENT: 'blocked-prohibited-content',
  SPII: 'blocked-personal-data',
  BLOCKLIST: 'blocked-blocklist',
  RECITATION: 'answer-recitation',
  IMAGE_RECITATION: 'answer-recitation',
}

/**
 * The answer's text, or `blocked-*` or `answer-*` when it is none: a blocked or stopped answer arrives as a success without text.
 */
export function readAnswerText(
  response: GenerateContentResponse,
): Pick<ModelAnswer, 'text' | 'truncated' | 'failure'> {
  try {
    return textOf(response)
  } catch (error) {
    const failure = asVisionError(error)
    if (!failure) throw error
    return { text: '', truncated: failure.code === 'answer-truncated', failure }
  }
}

function textOf(response: GenerateContentResponse): { text: string; truncated: boolean } {
  const blockReason = response.promptFeedback?.blockReason
  if (blockReason) {
    throw new VisionError(
      REASONS[blockReason] ?? 'blocked-other',
      `The model service blocked the request: ${blockReason}`,
    )
  }
  const candidate = response.candidates?.[0]
  if (!candidate) throw new VisionError('answer-empty', 'The model service answered without a candidate')
  // A string: the service adds reasons that the SDK's enum does not know yet.
  const finishReason: string = candidate.finishReason ?? 'FINISH_REASON_UNSPECIFIED'
  const text = (candidate.content?.parts ?? [])
    .map((part) => (part.thought ? '' : (part.text ?? '')))
    .join('')
  const truncated = finishReason === 'MAX_TOKENS'
  // Partial text of a blocked answer is dropped with it.
  if (finishReason !== 'STOP' && finishReason !== 'FINISH_REASON_UNSPECIFIED' && !truncated) {
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
