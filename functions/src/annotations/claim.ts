import type { Annotation, Lease, Photo } from './annotation.ts'

/**
 * What an event about a photo may do. `start`: the first to come for this generation. `resume`: the one before gave up or died.
 * `leased`: another worker is at it, come again. `duplicate`: done already. `stale`: the document knows a newer generation, or that
 * this one was deleted.
 */
export type ClaimDecision = 'start' | 'resume' | 'leased' | 'duplicate' | 'stale'

/** Generations are the key, not event ids: one upload may be announced under several ids, and in any order. */
export function decideClaim(
  existing: Annotation | undefined,
  photo: Photo,
  lease: Lease,
  now: Date,
): ClaimDecision {
  if (!existing) return 'start'
  const order = compareGenerations(existing.generation, photo.generation)
  if (order > 0) return 'stale'
  if (order < 0) return 'start'
  if (existing.status === 'deleted') return 'stale'
  if (existing.status !== 'processing' && existing.status !== 'deferred') return 'duplicate'
  // Our own lease: the claim was written, but its acknowledgement was lost and the transaction ran again.
  if (existing.lease?.token === lease.token) return 'resume'
  if (existing.lease && existing.lease.expiresAt > now) return 'leased'
  return 'resume'
}

/** Whether the holder of `token` may still write about this generation, and if not, whose it is now. */
export function checkLease(
  existing: Annotation | undefined,
  photo: Photo,
  token: string,
): 'held' | 'taken-over' | 'gone' {
  if (existing?.generation !== photo.generation || existing.status === 'deleted') return 'gone'
  return existing.lease?.token === token ? 'held' : 'taken-over'
}

/** Whether results of `generation` are to be deleted on behalf of a photo. Folders that are no generation are not ours to judge. */
export function isCondemned(generation: string, photo: Photo, which: 'older' | 'older-and-this'): boolean {
  if (!/^\d{1,19}$/.test(generation)) return false
  const order = compareGenerations(generation, photo.generation)
  return which === 'older' ? order < 0 : order <= 0
}

/** Generations are 64-bit numbers in decimal. Negative, zero or positive, as for `sort`. */
export function compareGenerations(a: string, b: string): number {
  const difference = BigInt(a) - BigInt(b)
  return difference === 0n ? 0 : difference > 0n ? 1 : -1
}
