import { FAILED_ANSWERS, UNREADABLE_ANSWERS } from './failed-answers.ts'
import { FAILED_REQUESTS } from './failed-requests.ts'
import type { Failure } from './failure-row.ts'

/** Every way that we know in which the model service fails. */
export const MODEL_FAILURES: Failure[] = [...FAILED_REQUESTS, ...FAILED_ANSWERS]

/** Also the failures that only an answer in JSON can have. */
export const JSON_FAILURES: Failure[] = [...MODEL_FAILURES, ...UNREADABLE_ANSWERS]

/** One of each class of behaviour: how the failure is retried, billed and reported. */
const REPRESENTATIVES = new Set([
  '500',
  '503',
  '429 with a RetryInfo of 2 s',
  '429 for the day',
  '504',
  'a broken connection',
  'half a body',
  'an invalid API key',
  '400 about the image',
  'a prompt blocked for SAFETY',
  'an answer stopped for RECITATION',
  'an empty object',
  UNREADABLE_ANSWERS[0]!.name,
])

export const representatives = (failures: Failure[]): Failure[] =>
  failures.filter(({ name }) => REPRESENTATIVES.has(name))
