import type { EventHandlerOptions } from 'firebase-functions/options'
import { GEMINI_API_KEY, maxInstances, region } from '../params.ts'

/** How `onImageUploaded` is deployed, and why. */
export const UPLOAD_OPTIONS: EventHandlerOptions = {
  region,
  // At least once, and again after a failure, for 24 hours: the claim makes repeats harmless.
  retry: true,
  // The largest JPEG allowed takes some 250 MB while it is decoded, a HEIC of 48 megapixels 700 MB.
  memory: '2GiB',
  cpu: 1,
  // Most of the time is spent waiting for the model; more decodes at a time would fight over one CPU and its memory.
  concurrency: 4,
  maxInstances,
  // Well under the lease (work.ts), and time enough for a slow model with retries.
  timeoutSeconds: 300,
  secrets: [GEMINI_API_KEY],
}

/** How `onImageDeleted` is deployed: it decodes nothing and asks no model. */
export const DELETE_OPTIONS: EventHandlerOptions = {
  region,
  retry: true,
  memory: '512MiB',
  maxInstances,
  timeoutSeconds: 120,
}
