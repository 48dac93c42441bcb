import type { EventHandlerOptions } from 'firebase-functions'
import { GEMINI_API_KEY, maxInstances } from '../params.ts'

/** How the event functions are deployed, and why. */
export const EVENT_OPTIONS: EventHandlerOptions = {
  // At least once, and again after a failure, for 24 hours: the claim makes repeats harmless.
  retry: true,
  // Two of the largest photos allowed take about 500 MB while they are decoded; HEIC takes 700 MB at 48 megapixels.
  memory: '2GiB',
  cpu: 1,
  // Most of the time is spent waiting for the model; more than a few decodes at a time would fight over one CPU.
  concurrency: 4,
  maxInstances,
  // Well under the lease (work.ts), and time enough for a slow model with retries.
  timeoutSeconds: 300,
  secrets: [GEMINI_API_KEY],
}
