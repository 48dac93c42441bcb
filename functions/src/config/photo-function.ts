import { PHOTO_TIMEOUT_SECONDS } from './time-limits.ts'

/** Options of a function that annotates photos of Storage events. */
export const PHOTO_FUNCTION = {
  // Redelivers failed events for 24 hours. The claim makes repeated deliveries harmless.
  retry: true,
  // Decoding takes about 250 MB for the largest allowed JPEG, and 700 MB for a HEIC photo of 48 megapixels.
  memory: '2GiB',
  cpu: 1,
  // A photo mostly waits for the model. More decodes at a time would compete for one CPU and its memory.
  concurrency: 4,
  // A shorter timeout would end runs whose lease still lasts.
  timeoutSeconds: PHOTO_TIMEOUT_SECONDS,
} as const
