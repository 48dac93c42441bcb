import { PHOTO_TIMEOUT_SECONDS } from './time-limits.ts'

/** Options of a function that annotates photos of Storage events. */
export const PHOTO_FUNCTION = {
  // Redelivers failed events for 24 hours. The claim makes repeated deliveries harmless.
  retry: true,
  // For 16 photos of the largest size: image/instance-limits.ts, and the measurements in docs/performance.md.
  memory: '2GiB',
  cpu: 1,
  // A photo mostly waits for the model. Only two are decoded at a time.
  concurrency: 16,
  // A shorter timeout would end runs whose lease still lasts.
  timeoutSeconds: PHOTO_TIMEOUT_SECONDS,
} as const
