import type { Annotation, StoredError } from '../../functions/src/document/annotation.ts'
import { type ErrorCode, FAILURES } from '../../functions/src/errors.ts'
import type { Changes } from '../support/written-photo.ts'

const stored = (code: ErrorCode): StoredError => {
  const { message, retryable } = FAILURES[code]
  return { code, message, retryable }
}
const PENDING = { state: 'pending' } as const
/** Without results. */
export const BARE: Changes = {
  caption: undefined,
  altText: undefined,
  labels: undefined,
  objects: undefined,
  overlay: undefined,
  thumbnail: undefined,
  model: undefined,
  usage: undefined,
  completedAt: undefined,
  steps: { describe: PENDING, locate: PENDING, draw: PENDING },
}
const SKIPPED = { state: 'skipped' } as const
/** A tombstone has fewer fields than an annotation. */
export const DELETED = { status: 'deleted' } as unknown as Changes

/** The changes to the annotated photo. */
export const STATES: Record<string, (photo: Annotation) => Changes> = {
  succeeded: () => ({}),
  processing: () => ({ ...BARE, status: 'processing', createdAt: new Date() }),
  partial: (photo) => ({
    status: 'partial',
    objects: undefined,
    overlay: undefined,
    error: stored('model-unavailable'),
    steps: { ...photo.steps, locate: { state: 'failed', error: stored('model-unavailable') }, draw: SKIPPED },
  }),
  failed: () => ({ ...BARE, status: 'failed', error: stored('gave-up') }),
  'failed, invalid key': () => ({ ...BARE, status: 'failed', error: stored('model-misconfigured') }),
  rejected: () => ({ ...BARE, status: 'rejected', image: undefined, error: stored('corrupt-image') }),
  blocked: () => ({ ...BARE, status: 'blocked', error: stored('blocked-safety') }),
  deferred: () => ({
    ...BARE,
    status: 'deferred',
    error: stored('model-budget-spent'),
    nextAttemptAt: new Date(Date.now() + 3_600_000),
  }),
  superseded: () => ({ ...BARE, status: 'superseded' }),
  'nothing found': (photo) => ({ objects: [], overlay: undefined, steps: { ...photo.steps, draw: SKIPPED } }),
  '60 objects': (photo) => ({
    objects: Array.from({ length: 60 }, (_, index) => ({
      ...photo.objects![0]!,
      label: `label number ${index % 40}`,
      box: { x: 10 + (index % 10) * 118, y: 10 + Math.floor(index / 10) * 130, width: 90, height: 100 },
    })),
  }),
}
