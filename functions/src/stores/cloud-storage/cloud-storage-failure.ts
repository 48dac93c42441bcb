import { VisionError } from '../../errors.ts'

/**
 * Runs a request to Cloud Storage. Messages name no object: people name their files.
 * @param harmless statuses that mean, like 404, that there is nothing (any more) to do it with
 * @returns undefined when there is no such object
 * @throws VisionError `storage-unavailable` for what may heal, after the client's own retries
 */
export async function toCloudStorage<T>(
  task: string,
  request: () => Promise<T>,
  harmless: readonly number[] = [],
): Promise<T | undefined> {
  try {
    return await request()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    if ([404, ...harmless].includes(Number(error.code))) return undefined
    const message = `Cannot ${task}: Cloud Storage failed with ${String(error.code)}`
    // Without a cause: the service's error names the object, in its message and in its request.
    // oxlint-disable-next-line preserve-caught-error
    throw isTransient(error.code) ? new VisionError('storage-unavailable', message) : new Error(message)
  }
}

/** HTTP statuses that are the service's, or the name of a broken connection such as ECONNRESET. */
function isTransient(code: unknown): boolean {
  const status = Number(code)
  return Number.isNaN(status) || status >= 500 || status === 429 || status === 408
}
