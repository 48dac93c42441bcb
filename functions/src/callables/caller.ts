import type { ModelRequest } from '../ports/vision-model.ts'
import type { Meter } from '../quota/spend.ts'

/** Who calls, and until when they wait. */
export type Caller = {
  uid: string
  /** Aborted with a VisionError as its reason: `cancelled` when the caller went away, `model-timeout` when the time is over. */
  signal: AbortSignal
}

/** Somebody waits for the answer: a model that asks for more time than this is told to them, not waited for. */
const MAX_WAIT_MS = 5000

/** A request to the model on behalf of a caller. */
export function forCaller(request: ModelRequest, { uid }: Caller, meter: Meter): ModelRequest {
  return { ...request, owner: uid, maxWaitMs: MAX_WAIT_MS, onAttempt: () => meter.asking() }
}
