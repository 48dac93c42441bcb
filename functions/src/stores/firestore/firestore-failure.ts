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

/** Runs a request to Firestore. @throws VisionError `storage-unavailable` for transient errors */
export async function toFirestore<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request()
  } catch (error) {
    throw asFirestoreFailure(error) ?? error
  }
}
