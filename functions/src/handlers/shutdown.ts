import { VisionError } from '../errors.ts'

const controller = new AbortController()

/** Aborted when the instance is about to be shut down. */
export const shutdown: AbortSignal = controller.signal

// Cloud Run gives ten seconds between SIGTERM and the end: enough to give claims back, so that the photos go on elsewhere at once
// rather than when their leases run out. https://docs.cloud.google.com/run/docs/container-contract#instance-shutdown, 2026-11
process.once('SIGTERM', () => {
  controller.abort(new VisionError('interrupted', 'The instance is being shut down'))
})
