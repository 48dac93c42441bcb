import { VisionError } from '../../errors.ts'

/**
 * gRPC's DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, INTERNAL and UNAVAILABLE. The client has retried
 * them already. https://grpc.io/docs/guides/status-codes/, 2026-11
 */
const TRANSIENT = new Set<unknown>([4, 8, 10, 13, 14])

/** `storage-unavailable` for a transient error of Firestore, or undefined. */
function asFirestoreFailure(error: unknown): VisionError | undefined {
  if (!(error instanceof Error && 'code' in error && TRANSIENT.has(error.code))) return undefined
  return new VisionError('storage-unavailable', `Firestore failed with ${String(error.code)}`, {
    cause: error,
  })
}

/** FAILED_PRECONDITION of gRPC: a query whose index does not exist, or is not built yet. */
const NO_INDEX = 9

/**
 * Runs a query that needs a composite index.
 * @param index names the index: its collection group and fields
 * @throws VisionError `storage-misconfigured` if the index is missing; errors of the query as they are
 */
export async function withIndex<T>(index: string, query: () => Promise<T>): Promise<T> {
  try {
    return await query()
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === NO_INDEX
    if (!isMissing || !/\bindex\b/i.test(error.message)) throw error
    const message =
      `Firestore has no index ${index}, or is still building it. Deploy firestore.indexes.json with ` +
      '`firebase deploy --only firestore:indexes`, and wait until the index is built'
    throw new VisionError('storage-misconfigured', message, { cause: error })
  }
}

/** Runs a request to Firestore. @throws VisionError `storage-unavailable` for transient errors */
export async function toFirestore<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request()
  } catch (error) {
    throw asFirestoreFailure(error) ?? error
  }
}
