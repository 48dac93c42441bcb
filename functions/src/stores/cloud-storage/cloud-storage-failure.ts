import { StorageRefusal, VisionError } from '../../errors.ts'

/**
 * Runs a request to Cloud Storage. Messages contain no object name, because names may be personal data.
 * @param harmless further statuses that mean, like 404, that the object does not exist (any more)
 * @returns undefined if the object does not exist
 * @throws VisionError `storage-unavailable` for transient errors, after the client's own retries, and those of
 * `request` itself; StorageRefusal for others
 */
export async function toCloudStorage<T>(
  task: string,
  request: () => Promise<T>,
  harmless: readonly number[] = [],
): Promise<T | undefined> {
  try {
    return await request()
  } catch (error) {
    if (error instanceof VisionError || !(error instanceof Error && 'code' in error)) throw error
    if ([404, ...harmless].includes(Number(error.code))) return undefined
    const message = `Cannot ${task}: Cloud Storage failed with ${String(error.code)}`
    // Without a cause: the message and the request of the service's error contain the object's name.
    // oxlint-disable-next-line preserve-caught-error
    throw isTransient(error.code)
      ? new VisionError('storage-unavailable', message)
      : new StorageRefusal(message + reasonOf(error))
  }
}

/** The reason that the service names, such as `retentionPolicyNotMet`. A word only: texts contain names. */
function reasonOf(error: object): string {
  const { errors } = error as { errors?: { reason?: unknown }[] }
  const reason = errors?.[0]?.reason
  return typeof reason === 'string' && /^[A-Za-z]{1,60}$/.test(reason) ? ` ${reason}` : ''
}

/** An HTTP status of a transient failure, or the code of a broken connection such as ECONNRESET. */
function isTransient(code: unknown): boolean {
  const status = Number(code)
  return Number.isNaN(status) || status >= 500 || status === 429 || status === 408
}
