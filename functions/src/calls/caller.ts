/** Who calls, and until when they wait. */
export type Caller = {
  uid: string
  /** Aborted with a VisionError as its reason: `cancelled` when the caller went away, `model-timeout` when the time is over. */
  signal: AbortSignal
}
