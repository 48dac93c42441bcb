import {
  type Annotation,
  type Lease,
  type Photo,
  tombstone,
} from '../../../functions/src/document/annotation.ts'
import {
  type ClaimDecision,
  checkLease,
  claimedAnnotation,
  compareGenerations,
  decideClaim,
  type Granted,
  isGranted,
  type RerunPolicy,
} from '../../../functions/src/document/claim.ts'
import type { AnnotationChanges } from '../../../functions/src/ports/annotation-store.ts'
import type { World } from '../world.ts'

// The transactions of stores/firestore-annotations.ts. What they decide is decided by the code that is deployed.

export type Claim =
  | { decision: Granted; document: Annotation; run: number }
  | { decision: Exclude<ClaimDecision, Granted> }

export function claim(
  world: World,
  photo: Photo,
  lease: Lease,
  again?: RerunPolicy,
  eventId?: string,
): Claim {
  const { now, mechanisms } = world
  const existing = world.document
  let decision: ClaimDecision
  if (mechanisms.claims === 'by-event-id' && eventId !== undefined) {
    decision = world.eventIds.has(eventId) ? 'duplicate' : 'start'
    world.eventIds.add(eventId)
  } else decision = decideClaim(existing, photo, lease, now, again)
  if (!isGranted(decision)) return { decision }
  const document = claimedAnnotation(decision, existing, photo, lease, now)
  if (decision === 'start' || decision === 'retry' || decision === 'restart') world.run += 1
  world.setDocument(document)
  return { decision, document, run: world.run }
}

/** `change` makes the changes of what is there once the lease was found to be held. */
export function update(
  world: World,
  photo: Photo,
  token: string,
  changes: AnnotationChanges,
): 'written' | 'taken-over' | 'gone' {
  const existing = world.document
  const { fence } = world.mechanisms
  if (fence === 'none') {
    if (!existing) return 'gone'
  } else {
    const lease = checkLease(
      existing,
      photo,
      fence === 'generation' ? (existing?.lease?.token ?? token) : token,
    )
    if (lease === 'gone' || (lease === 'taken-over' && fence !== 'generation')) return lease
  }
  const document = { ...existing, ...changes, updatedAt: world.now } as Record<string, unknown>
  for (const field in changes) if (document[field] === undefined) delete document[field]
  world.setDocument(document as unknown as Annotation)
  return 'written'
}

export function remove(world: World, photo: Photo): void {
  const { deletionsKnowGenerations, tombstones } = world.mechanisms
  const existing = world.document
  const isNewer = existing && compareGenerations(existing.generation, photo.generation) > 0
  if (isNewer && deletionsKnowGenerations) return
  world.setDocument(tombstones ? tombstone(photo, world.now, existing?.createdAt) : undefined)
}
