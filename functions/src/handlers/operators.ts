import type { ErrorCode } from '../errors.ts'

/** Codes that no user can do anything about: logged as errors. */
export const OPERATORS_MATTER = new Set<ErrorCode | undefined>([
  'model-day-limit',
  'model-budget-spent',
  'model-misconfigured',
  'model-not-found',
  'model-refused-request',
  'gave-up',
  'crashed',
])
