// Time limits that must agree with each other: test/unit/functions/time-limits.test.ts checks them.

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** Time limits of one run of the pipeline. They depend on the function that runs it. */
export type RunLimits = { modelWaitSeconds: number; leaseSeconds: number; reservationMs: number }

// One photo: onImageUploaded, onPhotoQueued and annotateImage.

/** Timeout of the functions that annotate photos. */
export const PHOTO_TIMEOUT_SECONDS = 300
/** How long one run may wait for the model, over all its requests and retries. */
export const MODEL_WAIT_SECONDS = 240
/** Reserved for the rest of a run: load and decode the photo, draw and store results, release the lease. */
export const DRAW_AND_STORE_SECONDS = 45
/** How long a worker holds a photo. Longer than its function can run: only a dead worker loses its lease. */
export const LEASE_SECONDS = 360
/** Cloud Tasks waits this long for one task. */
export const DISPATCH_DEADLINE_SECONDS = PHOTO_TIMEOUT_SECONDS
/** How long `annotateImage` may work before it reports a timeout to its caller. */
export const ANNOTATE_WORK_MS = 280_000

// One photo of a backfill: onBackfillQueued. Its requests may use the service tier `flex`.

/**
 * Timeout of `onBackfillQueued`: the longest that task queue functions allow. Read 2026-11.
 * https://firebase.google.com/docs/reference/functions/2nd-gen/node/firebase-functions.tasks.taskqueueoptions
 */
export const BACKFILL_TIMEOUT_SECONDS = 1800
/**
 * Cloud Tasks waits at most this long for an HTTP task.
 * https://docs.cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues.tasks, 2026-11
 */
export const BACKFILL_DISPATCH_DEADLINE_SECONDS = BACKFILL_TIMEOUT_SECONDS
/**
 * Timeout of one request at the tier `flex`, which "targets 1 to 15 minutes".
 * https://ai.google.dev/gemini-api/docs/flex-inference, 2026-11
 */
export const FLEX_REQUEST_SECONDS = 15 * 60 + 30
/** Time that a request at the tier `flex` leaves for a request at the standard tier with its retries. */
export const FLEX_RESERVE_SECONDS = MODEL_WAIT_SECONDS
/** The limits of a photo in `onBackfillQueued`. */
export const BACKFILL_RUN: RunLimits = {
  modelWaitSeconds: 1700,
  leaseSeconds: 1860,
  reservationMs: 40 * MINUTE_MS,
}
/** Retries of the queue of backfills: 150, 300, 600 and 1200 s apart. Together longer than its lease. */
export const BACKFILL_QUEUE_RETRIES = {
  maxAttempts: 5,
  minBackoffSeconds: 150,
  maxBackoffSeconds: 1200,
  maxDoublings: 4,
}

// Redelivery.

/** Eventarc redelivers a failed event. https://firebase.google.com/docs/functions/retries, 2026-11 */
export const EVENT_LIFETIME_MS = 24 * HOUR_MS
/** The longest pause between two deliveries of an event. Same source. */
export const EVENT_MAX_BACKOFF_MS = 10 * MINUTE_MS
/** A delivery of an event older than this may be the last one, so it defers the photo instead of failing. */
export const LAST_DELIVERY_MS = 23 * HOUR_MS
/** How long the sweeper leaves a released or superseded photo to its event. */
export const EVENT_PATIENCE_MS = 15 * MINUTE_MS
/**
 * Retries of the task queue: 60, 120, 240 and 480 s apart. Together longer than a lease, so that the death of
 * a worker does not use them up. A photo that still fails is found by the next sweep.
 */
export const QUEUE_RETRIES = {
  maxAttempts: 5,
  minBackoffSeconds: 60,
  maxBackoffSeconds: 600,
  maxDoublings: 4,
}
/** Tasks that a queue of photos starts per second. */
export const QUEUE_DISPATCHES_PER_SECOND = 2
/** Pauses of a deferred photo: doubled each time, unless the failure says how long to wait. */
export const DEFERRAL_MS = { first: 10 * MINUTE_MS, longest: 6 * HOUR_MS }
/** A photo that has been deferred for this long, without a run that ended, fails. */
export const LONGEST_DEFERRED_MS = 30 * 24 * HOUR_MS
/** The longest time that an open circuit, and so a deferral, lasts. */
export const MAX_CIRCUIT_MS = 24 * HOUR_MS
/** `sweepNow({ allDeferred: true })` includes every photo that is due within this time. */
export const MAX_DEFERRAL_MS = 25 * HOUR_MS

// Callables.

/** Timeout of the functions that clients call. */
export const CALL_TIMEOUT_SECONDS = 120
/** How long a call may work. The rest of its function's time is for reporting the failure. */
export const CALL_WORK_MS = 100_000
/** Timeout of `onImageDeleted`. */
export const DELETE_TIMEOUT_SECONDS = 120

// Quota.

/** How long a photo waits for open reservations of its owner before its event is redelivered. */
export const RESERVED_WAIT_MS = MINUTE_MS

/** How long an unsettled reservation counts. Longer than its function runs, so only crashes let it expire. */
export const RESERVATION_MS = 10 * MINUTE_MS
/** For how long after that it can still be settled. */
export const LATE_SETTLEMENT_MS = HOUR_MS

/** The limits of a photo in all functions except `onBackfillQueued`. */
export const PHOTO_RUN: RunLimits = {
  modelWaitSeconds: MODEL_WAIT_SECONDS,
  leaseSeconds: LEASE_SECONDS,
  reservationMs: RESERVATION_MS,
}

// Maintenance.

/** Timeout of `onSweep` and of the functions for operators. */
export const SWEEP_TIMEOUT_SECONDS = 540
/** How long a sweep works. The rest of its function's time is for the page that it has begun. */
export const SWEEP_BUDGET_MS = 7 * MINUTE_MS
/** How long a call of an operator may take before it reports a timeout. */
export const OPERATOR_WORK_MS = SWEEP_BUDGET_MS + MINUTE_MS
/** How long a sweep holds a scan. */
export const SCAN_LEASE_MS = 15 * MINUTE_MS
/** Pause between the starts of two daily scans. */
export const DAILY_SCAN_MS = 24 * HOUR_MS
/**
 * A daily scan checks what was created since the last complete scan and this long before it. Longer than the
 * life of an event, so a photo that was still waiting for its event during the last scan is checked again.
 */
export const SCAN_OVERLAP_MS = 25 * HOUR_MS
/** Results without a reference are kept this long: files are written before a document references them. */
export const RESULT_PATIENCE_MS = HOUR_MS
/** How long a function holds a backfill. */
export const BACKFILL_LEASE_MS = 10 * MINUTE_MS

// Erasure of a user's data.

/** The longest time between the sign-in and `deleteMyData`, as Firebase Auth requires a recent sign-in. */
export const RECENT_SIGN_IN_MS = 5 * MINUTE_MS
/** How long `deleteMyData` works before it returns. Sweeps continue. */
export const ERASURE_CALL_MS = MINUTE_MS
/** How long a sweep works on one erasure before it advances the next one. */
export const ERASURE_SLICE_MS = MINUTE_MS
/** How long a function holds an erasure. */
export const ERASURE_LEASE_MS = 10 * MINUTE_MS
/** When a sweep tries again after a failure. */
export const ERASURE_RETRY_MS = 10 * MINUTE_MS
/** The second pass starts when every function has ended that was at work during the first one. */
export const ERASURE_VERIFY_MS = BACKFILL_RUN.leaseSeconds * 1000
