import type { CallableRequest, CallableResponse } from 'firebase-functions/https'
import { type AnswerChunk, type AnswerQuestionResult, answerQuestionRequest } from '../api/answer-question.ts'
import { CALL_WORK_MS } from '../config/time-limits.ts'
import { answerQuestion } from './answer-question.ts'
import { handleCall } from './call.ts'

/** Streams, when the client accepts it: chunks of `{ text }`. */
export async function handleAnswerQuestion(
  call: CallableRequest<unknown>,
  response?: CallableResponse<AnswerChunk>,
): Promise<AnswerQuestionResult> {
  const tell =
    call.acceptsStreaming && response
      ? async (text: string) => {
          await response.sendChunk({ text })
        }
      : undefined
  return handleCall(
    call,
    answerQuestionRequest,
    { name: 'answerQuestion', timeoutMs: CALL_WORK_MS, expensive: true },
    async (request, caller, services, config) => answerQuestion(request, caller, services, config, tell),
    response?.signal,
  )
}
