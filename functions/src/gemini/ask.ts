import { asVisionError, type VisionError } from '../errors.ts'
import { addUsage, type ModelIdentity, NO_USAGE, type Usage } from './usage.ts'
import type { ModelAnswer, ModelRequest, VisionModel } from './vision-model.ts'

/** What was answered, or why there is nothing to use; and in both cases by whom and for how much, over all attempts. */
export type Asked<T> = { model: ModelIdentity; usage: Usage } & ({ value: T } | { failure: VisionError })

/** Models are not deterministic: an answer that is empty, cut or unreadable is often whole the second time. */
const ATTEMPTS = 2

/**
 * Asks the model and reads its answer, once more if it cannot be read.
 * @throws VisionError `model-*` when the service does not answer
 */
export async function ask<T>(
  vision: VisionModel,
  request: ModelRequest,
  read: (answer: ModelAnswer) => T,
): Promise<Asked<T>> {
  let usage = NO_USAGE
  for (let attempt = 1; ; attempt++) {
    const answer = await vision.generate(request)
    usage = addUsage(usage, answer.usage)
    const { model } = answer
    try {
      if (answer.failure) throw answer.failure
      return { model, usage, value: read(answer) }
    } catch (error) {
      const failure = asVisionError(error)
      if (!failure) throw error
      if (attempt === ATTEMPTS || !failure.code.startsWith('answer-')) return { model, usage, failure }
    }
  }
}
