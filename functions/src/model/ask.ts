import { addUsage, type ModelIdentity, NO_USAGE, type Usage } from '../document/usage.ts'
import { asVisionError, VisionError } from '../errors.ts'
import type { ModelAnswer, ModelRequest, VisionModel } from '../ports/vision-model.ts'
import { SystemText } from './system-text.ts'

/** The answer that was read, or why none is usable, with the model and the usage of all requests. */
export type Asked<T> = { model: ModelIdentity; usage: Usage } & (
  | { value: T; answers: ModelAnswer[] }
  | { failure: VisionError }
)

export type Question<T> = {
  request: ModelRequest
  /** The request after an unreadable answer. Default: a variation of the first one. */
  again?: ModelRequest
  /**
   * Reads the answers so far, in the order of the requests.
   * @throws VisionError `answer-*` if nothing is usable
   */
  read: (answers: readonly ModelAnswer[]) => T
  /** The most output tokens of the next request, after requests with this usage. Default: the request's own. */
  outputLimit?: (used: Usage) => number
  /** Whether parts may be missing. If the answer ended at the token limit, `again` is sent then. */
  isPartial?: (value: T) => boolean
}

/**
 * Asks the model and reads its answer. Sends a second request if the answer is empty, unreadable or blocked
 * without a reason, or if it ended at the token limit, is incomplete and `again` is set. If the second
 * request fails, the first result stays; without a result, a retryable failure of the second request is
 * returned.
 * @throws VisionError as `VisionModel.generate`, for the first request
 */
export async function ask<T>(
  vision: VisionModel,
  question: Question<T>,
  signal?: AbortSignal,
): Promise<Asked<T>> {
  const answer = await vision.generate(limitOutput(question.request, question, NO_USAGE), signal)
  const first = readAnswers([answer], question)
  if (!asksAgain(first, answer, question)) return first
  try {
    const again = question.again ?? variedRequest(question.request, answer)
    const second = await vision.generate(limitOutput(again, question, answer.usage), signal)
    return readAnswers([answer, second], question)
  } catch (error) {
    const failure = asVisionError(error)
    if (!failure) throw error
    return 'failure' in first && failure.retryable ? { ...first, failure } : first
  }
}

/** The output tokens that the requests of a question allow. `again`: of the second one, by default twice `first`. */
export type OutputTokens = { first: number; again?: number }

/** The most tokens that a question uses, with the prompts of both requests. */
export function mostTokens(promptTokens: number, { first, again = 2 * first }: OutputTokens): number {
  return 2 * promptTokens + first + again
}

/** The request within the tokens that are left. @param used by earlier requests of the question */
export function limitOutput(
  request: ModelRequest,
  { outputLimit }: Pick<Question<unknown>, 'outputLimit'>,
  used: Usage,
): ModelRequest {
  if (!outputLimit) return request
  return { ...request, maxOutputTokens: Math.min(request.maxOutputTokens, outputLimit(used)) }
}

/** The same request, varied so that the model may give a different answer. */
export function variedRequest(request: ModelRequest, { truncated, failure }: ModelAnswer): ModelRequest {
  if (truncated) return { ...request, maxOutputTokens: request.maxOutputTokens * 2 }
  // A different temperature, for families that use it. 1 is the service's default.
  if (failure?.code === 'answer-recitation')
    return { ...request, temperature: (request.temperature ?? 1) === 1 ? 0.5 : 1 }
  return request
}

/** Whether another attempt may give a different answer: this one is unusable, or blocked without a reason. */
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

/** The failure of an answer that repeats the system instruction. */
export function repeatsInstruction(): VisionError {
  return new VisionError('answer-unreadable', 'The answer repeats a part of the system instruction')
}

function readAnswers<T>(received: ModelAnswer[], { request, read }: Question<T>): Asked<T> {
  const instruction = new SystemText(request.systemInstruction)
  const answers = received.filter(({ text }) => !instruction.isIn(text))
  const usage = received.reduce((sum, answer) => addUsage(sum, answer.usage), NO_USAGE)
  const { model, failure: unanswered } = received.at(-1)!
  const usable = answers.filter(({ failure }) => !failure)
  try {
    if (usable.length === 0) throw unanswered ?? repeatsInstruction()
    return { model, usage, value: read(answers), answers }
  } catch (error) {
    const failure = asVisionError(error)
    if (!failure) throw error
    // The finish reason of the last answer says more than the error of reading it.
    return { model, usage, failure: unanswered ?? failure }
  }
}
