import { FAILED_ANSWERS, UNREADABLE_ANSWERS } from './failed-answers.ts'
import { FAILED_REQUESTS } from './failed-requests.ts'
import type { Failure } from './failure-row.ts'

/**
 * What the model service may do, and what becomes of it: of a photo whose steps both fail so, and of a call. Rows have the numbers of the
 * table in docs/reliability.md.
 */
export const MODEL_FAILURES: Failure[] = [...FAILED_REQUESTS, ...FAILED_ANSWERS]

/** With those that only answers in JSON can be. */
export const PHOTO_FAILURES: Failure[] = [...MODEL_FAILURES, ...UNREADABLE_ANSWERS]
