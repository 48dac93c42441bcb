import type { VisionError } from '../errors.ts'
import { ModelFailure } from '../ports/vision-model.ts'

/** Whether a failed request was or may have been billed although no answer reports its tokens. */
export function mayHaveBeenPaid(failure: VisionError): boolean {
  if (failure instanceof ModelFailure) return failure.billing !== 'free'
  return failure.code === 'model-timeout' || failure.code === 'cancelled'
}
