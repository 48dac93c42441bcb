import { addUsage, type ModelIdentity, NO_USAGE, type Usage } from '../document/usage.ts'
import { asVisionError, type VisionError } from '../errors.ts'
import type { ModelAnswer, ModelRequest, VisionModel } from '../ports/vision-model.ts'

/** What was answered, or why there is nothing to use; and in both cases by whom and for how much, over all requests. */
export type Asked<T> = { model: ModelIdentity; usage: Usage } & (
  | { value: T; answers: ModelAnswer[] }
  | { failure: VisionError }
)

export type Question<T> = {
  request: ModelRequest
  /** The second request, when the first answer cannot be read. Without it the first one is sent again: models are not deterministic. */
  again?: ModelRequest
  /**
   * Reads all that was answered so far, in the order of the requests.
   * @throws VisionError `answer-*` when there is nothing to use in it
   */
  read: (answers: readonly ModelAnswer[]) => T
  /** Whether a part of what was read may be missing. Then, if the answer ended at the token limit, it is asked for `again`. */
  isPartial?: (value: T) => boolean
}

/**
 * Asks the model and reads its answer. It asks once more when the answer is empty, unreadable or blocked without a reason, and, if there is another way to ask, when
 * the answer ended at the token limit and is not whole; then it keeps what can be read of both. A second request that fails leaves the first
 * one's answer, and its cost, standing; the failure is then `model-*` if it may heal and there is nothing to keep.
 * @throws VisionError `model-*` when the service does not answer at all
 */
export async function ask<T>(
  vision: VisionModel,
  question: Question<T>,
  signal?: AbortSignal,
): Promise<Asked<T>> {
  const answer = await vision.generate(question.request, signal)
  const first = readAnswers([answer], question)
  if (!asksAgain(first, answer, question)) return first
  try {
    const second = await vision.generate(question.again ?? askOtherwise(question.request, answer), signal)
    return readAnswers([answer, second], question)
  } catch (error) {
    const failure = asVisionError(error)
    if (!failure) throw error
    return 'failure' in first && failure.retryable ? { ...first, failure } : first
  }
}

/** The same question, put so that it may be answered otherwise than by `answer`. */
export function askOtherwise(request: ModelRequest, { truncated, failure }: ModelAnswer): ModelRequest {
  if (truncated) return { ...request, maxOutputTokens: request.maxOutputTokens * 2 }
  // Other sampling, where the model's family takes it; 1 is the service's own.
  if (failure?.code === 'answer-recitation')
    return { ...request, temperature: (request.temperature ?? 1) === 1 ? 0.5 : 1 }
  return request
}

/** Whether the same request may be answered otherwise: the model's answer is not fit for use, or blocked without a reason. */
export function mayDiffer({ code }: VisionError): boolean {
  return code.startsWith('answer-') || code === 'blocked-other'
}

function asksAgain<T>(
  asked: Asked<T>,
  { truncated }: ModelAnswer,
  { again, isPartial }: Question<T>,
): boolean {
  if ('failure' in asked) return mayDiffer(asked.failure)
  return again !== undefined && truncated && (isPartial?.(asked.value) ?? false)
}

function readAnswers<T>(answers: ModelAnswer[], { read }: Question<T>): Asked<T> {
  const usage = answers.reduce((sum, answer) => addUsage(sum, answer.usage), NO_USAGE)
  const { model, failure: unanswered } = answers.at(-1)!
  const usable = answers.filter(({ failure }) => !failure)
  try {
    if (usable.length === 0) throw unanswered!
    return { model, usage, value: read(answers), answers }
  } catch (error) {
    const failure = asVisionError(error)
    if (!failure) throw error
    // Of two answers that are none the last one says more.
    return { model, usage, failure: unanswered ?? failure }
  }
}
