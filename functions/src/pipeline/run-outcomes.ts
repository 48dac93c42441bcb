import type { LiveStatus, Status } from '../document/annotation.ts'
import { asVisionError, type ErrorCode, type VisionError } from '../errors.ts'

// Every decision about status, lease and redelivery after a failed step or run.

/**
 * What a failure means for a photo. `contended`: other photos of the owner hold the allowance for some
 * seconds. `unavailable`: no quota, or a service that an operator must fix, so the
 * photo waits. `transient`: a retry may succeed. `permanent`: a retry fails again. `bug`: any error that is
 * not a VisionError.
 */
export type FailureClass =
  | 'claim-lost'
  | 'object-gone'
  | 'object-superseded'
  | 'contended'
  | 'unavailable'
  | 'transient'
  | 'permanent'
  | 'bug'

/**
 * Failures that do not concern the photo: the user's or the project's quota, a missing index, and a model
 * service that no request can use now.
 */
export const UNAVAILABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'service-paused',
  'calls-exceeded',
  'tokens-exceeded',
  'uploads-exceeded',
  'project-tokens-exceeded',
  'model-day-limit',
  'model-budget-spent',
  'model-misconfigured',
  'model-not-found',
  'storage-misconfigured',
])

export function classify(error: unknown): FailureClass {
  const failure = asVisionError(error)
  if (!failure) return 'bug'
  const { code, retryable } = failure
  if (code === 'claim-lost' || code === 'object-gone' || code === 'object-superseded') return code
  if (code === 'tokens-reserved') return 'contended'
  if (UNAVAILABLE.has(code)) return 'unavailable'
  return retryable ? 'transient' : 'permanent'
}

/**
 * How the photo continues after a run that failed. `event`: its event or task is redelivered. `caller`: a
 * caller asked for a photo that had ended, and waits. `none`: its event was acknowledged or is too old, so
 * only the sweeper re-queues it.
 */
export type Redelivery = 'event' | 'caller' | 'none'

export type RunEnd = {
  /** Written on the document. `processing` stays for the next delivery, `unchanged` writes nothing. */
  status: Status | 'unchanged'
  /** `lost`: another worker holds the photo, or it was deleted or replaced. */
  lease: 'released' | 'lost'
  /** Whether the error is rethrown, so that the event is redelivered, or the caller receives the error. */
  rethrow: boolean
}

const ends = (status: Status, rethrow = false): RunEnd => ({ status, lease: 'released', rethrow })

/** The first row that matches applies. */
export const RUN_ENDS: readonly (readonly [FailureClass, Redelivery | 'any', RunEnd])[] = [
  ['claim-lost', 'any', { status: 'unchanged', lease: 'lost', rethrow: false }],
  ['object-gone', 'any', ends('deleted')],
  ['object-superseded', 'any', ends('superseded')],
  ['contended', 'event', ends('processing', true)],
  ['contended', 'any', ends('deferred')],
  ['unavailable', 'any', ends('deferred')],
  ['permanent', 'any', ends('rejected')],
  ['transient', 'event', ends('processing', true)],
  ['transient', 'caller', ends('failed')],
  ['transient', 'none', ends('deferred')],
  ['bug', 'caller', ends('failed', true)],
  ['bug', 'any', ends('processing', true)],
]

export function runEndOf(failure: FailureClass, redelivery: Redelivery): RunEnd {
  const row = RUN_ENDS.find(([of, by]) => of === failure && (by === 'any' || by === redelivery))
  return row![2]
}

/**
 * How a failed model step ends. `pending`: a later delivery asks the model again. `failed`: the run continues
 * without the step's result. `unwritten`: another worker holds the document.
 */
export type StepEnd = {
  state: 'pending' | 'failed' | 'unwritten'
  run: 'continues' | 'ends' | 'ends-unless-awaited'
}

const STEP_ENDS = {
  'claim-lost': { state: 'unwritten', run: 'ends' },
  unavailable: { state: 'pending', run: 'ends' },
  transient: { state: 'pending', run: 'ends-unless-awaited' },
  permanent: { state: 'failed', run: 'continues' },
} as const satisfies Partial<Record<FailureClass, StepEnd>>

/**
 * An unusable answer and exhausted attempts are final for a step, although another upload of the photo may
 * succeed.
 */
export function stepEndOf(failure: VisionError): StepEnd {
  const { code } = failure
  if (code === 'gave-up' || code.startsWith('answer-')) return STEP_ENDS.permanent
  const found = classify(failure)
  return found in STEP_ENDS ? STEP_ENDS[found as keyof typeof STEP_ENDS] : STEP_ENDS.permanent
}

/** The final status of a photo whose model steps ended with these failures. */
export function statusAfterSteps(failures: readonly VisionError[]): LiveStatus {
  if (failures.length === 0) return 'succeeded'
  if (failures.length === 1) return 'partial'
  if (failures.some((failure) => failure.blocked)) return 'blocked'
  return failures.every(({ code }) => code === 'model-refused-image') ? 'rejected' : 'failed'
}
