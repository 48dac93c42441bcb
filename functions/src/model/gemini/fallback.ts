import { asVisionError } from '../../errors.ts'
import { ModelFailure } from '../../ports/vision-model.ts'

/** Whether another model may answer what one has failed to: that is gone, or stays overloaded. */
export function mayFallBack(error: unknown): boolean {
  return error instanceof ModelFailure && (error.code === 'model-not-found' || error.fault === 'overloaded')
}

/**
 * What a request failed with that neither model answered. What only the fallback lacks says nothing of the model that was asked for, which may be
 * well again soon; nor does a refusal, while that may still answer.
 */
export function failureOfBoth(first: unknown, second: unknown): unknown {
  const [asked, fallback] = [asVisionError(first), asVisionError(second)]
  if (!asked || !fallback) return second
  if (fallback.code === 'model-not-found' || fallback.code === 'model-day-limit') return first
  return asked.retryable && fallback.code.startsWith('model-refused-') ? first : second
}
