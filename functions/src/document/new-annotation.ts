import {
  type Annotation,
  type DeletedPhoto,
  type Lease,
  NEW_STEPS,
  type Photo,
  SCHEMA_VERSION,
  type Tombstone,
} from './annotation.ts'

export function newAnnotation(photo: Photo, lease: Lease, now: Date): Annotation {
  const { imageId: _, ...about } = photo
  return {
    schemaVersion: SCHEMA_VERSION,
    ...about,
    status: 'processing',
    steps: NEW_STEPS,
    lease,
    attempts: 1,
    crashes: 0,
    dueAt: lease.expiresAt,
    createdAt: now,
    updatedAt: now,
  }
}

/**
 * The annotation for a worker that resumes it. A lease that is still set has expired: its holder counts as
 * dead.
 */
export function resumedAnnotation(existing: Annotation, lease: Lease, now: Date): Annotation {
  const { error: _, nextAttemptAt: __, timingsMs: ___, ...known } = existing
  const died = existing.lease !== null && existing.lease.token !== lease.token
  return {
    ...known,
    status: 'processing',
    lease,
    dueAt: lease.expiresAt,
    attempts: existing.attempts + 1,
    crashes: existing.crashes + (died ? 1 : 0),
    updatedAt: now,
  }
}

/**
 * Kept for a deleted photo, so that a late event cannot restore it. It contains no name, which may be
 * personal.
 */
export function tombstone(
  { owner, bucket, generation }: DeletedPhoto,
  now: Date,
  createdAt = now,
): Tombstone {
  const days = 7
  return {
    schemaVersion: SCHEMA_VERSION,
    status: 'deleted',
    owner,
    bucket,
    generation,
    createdAt,
    updatedAt: now,
    completedAt: now,
    expireAt: new Date(now.getTime() + days * 24 * 3600 * 1000),
  }
}
