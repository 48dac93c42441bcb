/** Maximum size of a body without images, or without an ID token, in bytes. */
export const SMALL_BODY_BYTES = 64 * 1024
/** Base64 of MAX_INLINE_BYTES (28 MB), and all texts of a request with each character as a `\u` escape. */
const IMAGES_BODY_BYTES = 30_000_000

/**
 * Maximum size of the body of each function that clients can call, in bytes. Only IAM principals reach the
 * functions for events, tasks and schedules, so they have no entry.
 */
export const BODY_LIMITS: ReadonlyMap<string, number> = new Map([
  ['answerQuestion', IMAGES_BODY_BYTES],
  ['compareImages', IMAGES_BODY_BYTES],
  ['detectObjects', IMAGES_BODY_BYTES],
  ['describeImage', IMAGES_BODY_BYTES],
  ['annotateImage', SMALL_BODY_BYTES],
  ['sweepNow', SMALL_BODY_BYTES],
  ['startBackfill', SMALL_BODY_BYTES],
  ['stopBackfill', SMALL_BODY_BYTES],
  ['deleteMyData', SMALL_BODY_BYTES],
  ['deleteUserData', SMALL_BODY_BYTES],
])
