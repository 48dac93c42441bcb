import { asVisionError, type VisionError } from '../errors.ts'
import { addUsage, type ModelIdentity, NO_USAGE, type Usage } from './usage.ts'
import type { ModelAnswer, ModelRequest, VisionModel } from './vision-model.ts'

/** What was answered, or why there is nothing to use; and in both cases by whom and for how much, over all attempts. */
export type Asked<T> = { model: ModelIdentity; usage: Usage } & (
  | { value: T; answer: ModelAnswer }
  | { failure: VisionError }
)

/** Models are not deterministic: an answer that is empty, cut or unreadable is often whole the second time. */
const ATTEMPTS = 2

/**
 * Asks the model and reads its answer, once more if it cannot be read. A second request that fails leaves the first one's answer, and
 * its cost, standing.
 * @throws VisionError `model-*` when the service does not answer at all
 */
export async function ask<T>(
  vision: VisionModel,
  request: ModelRequest,
  read: (answer: ModelAnswer) => T,
  signal?: AbortSignal,
): Promise<Asked<T>> {
  let usage = NO_USAGE
  let unusable: { model: ModelIdentity; failure: VisionError } | undefined
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    let answer: ModelAnswer
    try {
      answer = await vision.generate(request, signal)
    } catch (error) {
      if (!unusable || !asVisionError(error)) throw error
      break
    }
    usage = addUsage(usage, answer.usage)
    const { model } = answer
    try {
      if (answer.failure) throw answer.failure
      return { model, usage, value: read(answer), answer }
    } catch (error) {
      const failure = asVisionError(error)
      if (!failure) throw error
      unusable = { model, failure }
      if (!failure.code.startsWith('answer-')) break
    }
  }
  if (!unusable) throw new Error('Cannot happen: no attempt was made')
  return { ...unusable, usage }
}
