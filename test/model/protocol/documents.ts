import { type Lease, type Photo, tombstone } from '../../../functions/src/annotations/annotation.ts'
import {
  type Again,
  type ClaimDecision,
  checkLease,
  claimedAnnotation,
  compareGenerations,
  decideClaim,
  type Granted,
  isGranted,
} from '../../../functions/src/annotations/claim.ts'
import type { Document, World } from '../world.ts'

// The transactions of stores/firestore-annotations.ts. What they decide is decided by the code that is deployed.

export type Claim =
  | { decision: Granted; document: Document; run: number }
  | { decision: Exclude<ClaimDecision, Granted> }

export function claim(world: World, photo: Photo, lease: Lease, again?: Again, eventId?: string): Claim {
  const { now, mechanisms } = world
  const existing = world.document
  let decision: ClaimDecision
  if (mechanisms.claims === 'by-event-id' && eventId !== undefined) {
    decision = world.eventIds.has(eventId) ? 'duplicate' : 'start'
    world.eventIds.add(eventId)
  } else decision = decideClaim(existing, photo, lease, now, again)
  if (!isGranted(decision)) return { decision }
  const document: Document = claimedAnnotation(decision, existing, photo, lease, now)
  const begins = decision === 'start' || decision === 'retry' || decision === 'restart'
  if (begins) world.run += 1
  world.setDocument(document)
  return { decision, document, run: world.run }
}

/** `change` makes the changes of what is there once the lease was found to be held. */
export function update(
  world: World,
  photo: Photo,
  token: string,
  changes: { [Field in keyof Document]?: Document[Field] | undefined },
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
  world.setDocument(document as Document)
  return 'written'
}

export function remove(world: World, photo: Photo): void {
  const { deletionsKnowGenerations, tombstones } = world.mechanisms
  const existing = world.document
  const isNewer = existing && compareGenerations(existing.generation, photo.generation) > 0
  if (isNewer && deletionsKnowGenerations) return
  world.setDocument(tombstones ? tombstone(photo, world.now, existing?.createdAt) : undefined)
}
