import { expect, it } from 'vitest'
import { ANNOTATE_TIMEOUT_MS, CALL_TIMEOUT_MS } from '../../../client/src/settings.ts'
import * as limits from '../../../functions/src/config/time-limits.ts'

function queueSeconds(retries: typeof limits.QUEUE_RETRIES): number {
  const { maxAttempts, minBackoffSeconds, maxBackoffSeconds, maxDoublings } = retries
  const pauses = Array.from({ length: maxAttempts - 1 }, (_, retry) =>
    Math.min(minBackoffSeconds * 2 ** Math.min(retry, maxDoublings), maxBackoffSeconds),
  )
  return pauses.reduce((sum, pause) => sum + pause, 0)
}

/** Each row: the longer time, the shorter time, in milliseconds, and what breaks when the order is wrong. */
const order: [string, number, number][] = [
  [
    'a lease outlives its function, or a living worker loses its photo',
    limits.LEASE_SECONDS * 1000,
    limits.PHOTO_TIMEOUT_SECONDS * 1000,
  ],
  [
    'a function outlives the model and the drawing, or it is killed while it stores results',
    limits.PHOTO_TIMEOUT_SECONDS * 1000,
    (limits.MODEL_WAIT_SECONDS + limits.DRAW_AND_STORE_SECONDS) * 1000,
  ],
  [
    'annotateImage reports its own timeout, or the client gets an internal error',
    limits.PHOTO_TIMEOUT_SECONDS * 1000,
    limits.ANNOTATE_WORK_MS,
  ],
  [
    'annotateImage outlives the model, or photos that are slow never end',
    limits.ANNOTATE_WORK_MS,
    limits.MODEL_WAIT_SECONDS * 1000,
  ],
  [
    'the queue retries longer than a lease, or one dead worker uses all retries',
    queueSeconds(limits.QUEUE_RETRIES) * 1000,
    limits.LEASE_SECONDS * 1000,
  ],
  [
    'Cloud Tasks waits until the function has ended, or it runs the same photo twice',
    limits.DISPATCH_DEADLINE_SECONDS * 1000 + 1,
    limits.PHOTO_TIMEOUT_SECONDS * 1000,
  ],
  [
    'a lease of a backfill outlives its function',
    limits.BACKFILL_RUN.leaseSeconds,
    limits.BACKFILL_TIMEOUT_SECONDS,
  ],
  [
    'the function of backfills outlives the model and the drawing',
    limits.BACKFILL_TIMEOUT_SECONDS,
    limits.BACKFILL_RUN.modelWaitSeconds + limits.DRAW_AND_STORE_SECONDS,
  ],
  [
    'a run of a backfill has time for a flex request and the standard tier after it',
    limits.BACKFILL_RUN.modelWaitSeconds,
    limits.FLEX_REQUEST_SECONDS + limits.FLEX_RESERVE_SECONDS,
  ],
  ['a flex request waits the 15 minutes that it may take', limits.FLEX_REQUEST_SECONDS, 15 * 60],
  [
    'the queue of backfills retries longer than their lease',
    queueSeconds(limits.BACKFILL_QUEUE_RETRIES),
    limits.BACKFILL_RUN.leaseSeconds,
  ],
  [
    'Cloud Tasks waits until the function of backfills has ended',
    limits.BACKFILL_DISPATCH_DEADLINE_SECONDS + 1,
    limits.BACKFILL_TIMEOUT_SECONDS,
  ],
  ['task queue functions and Cloud Tasks allow 30 minutes', 1801, limits.BACKFILL_TIMEOUT_SECONDS],
  [
    'a reservation outlives the lease of a photo of a backfill',
    limits.BACKFILL_RUN.reservationMs,
    limits.BACKFILL_RUN.leaseSeconds * 1000,
  ],
  [
    'the sweeper keeps the result files of a living worker',
    limits.RESULT_PATIENCE_MS,
    limits.BACKFILL_RUN.leaseSeconds * 1000,
  ],
  [
    'the last delivery is recognized before the event is dropped',
    limits.EVENT_LIFETIME_MS,
    limits.LAST_DELIVERY_MS + limits.EVENT_MAX_BACKOFF_MS + limits.PHOTO_TIMEOUT_SECONDS * 1000,
  ],
  [
    'the sweeper waits for an event that is still to be redelivered',
    limits.EVENT_PATIENCE_MS,
    limits.EVENT_MAX_BACKOFF_MS,
  ],
  ['allDeferred includes every deferred photo', limits.MAX_DEFERRAL_MS, limits.MAX_CIRCUIT_MS],
  ['allDeferred includes every deferred photo', limits.MAX_DEFERRAL_MS, limits.DEFERRAL_MS.longest],
  [
    'a call reports its own timeout, or the client gets an internal error',
    limits.CALL_TIMEOUT_SECONDS * 1000,
    limits.CALL_WORK_MS,
  ],
  [
    'a reservation outlives the lease of its photo, or tokens are counted twice too few',
    limits.RESERVATION_MS,
    limits.LEASE_SECONDS * 1000,
  ],
  ['a reservation outlives a call', limits.RESERVATION_MS, limits.CALL_TIMEOUT_SECONDS * 1000],
  ['a sweep ends before its function', limits.SWEEP_TIMEOUT_SECONDS * 1000, limits.OPERATOR_WORK_MS],
  ['a sweep holds the walk while it works', limits.SCAN_LEASE_MS, limits.SWEEP_TIMEOUT_SECONDS * 1000],
  ['a backfill is held while it is worked on', limits.BACKFILL_LEASE_MS, limits.SWEEP_TIMEOUT_SECONDS * 1000],
  ['a client waits for the answer of a call', CALL_TIMEOUT_MS, limits.CALL_TIMEOUT_SECONDS * 1000],
  [
    'a client waits for the answer of annotateImage',
    ANNOTATE_TIMEOUT_MS,
    limits.PHOTO_TIMEOUT_SECONDS * 1000,
  ],
]

it.each(order)('time limits agree: %s', (_, longer, shorter) => {
  expect(longer).toBeGreaterThan(shorter)
})
