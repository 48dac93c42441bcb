import type {
  Annotation,
  AnnotationDocument,
  DeletedPhoto,
  Lease,
  Photo,
  Steps,
} from '../../functions/src/document/annotation.ts'
import { NEW_STEPS } from '../../functions/src/document/annotation.ts'
import {
  type ClaimDecision,
  checkLease,
  claimedAnnotation,
  compareGenerations,
  decideClaim,
  isGranted,
  type Rerun,
} from '../../functions/src/document/claim.ts'
import { tombstone } from '../../functions/src/document/new-annotation.ts'
import { MAX_ATTEMPTS, MAX_CRASHES } from '../../functions/src/pipeline/attempt-limits.ts'
import type {
  AnnotationChanges,
  AnnotationStore,
  Claim,
  UpdateOutcome,
} from '../../functions/src/ports/annotation-store.ts'
import type { AnnotationIndex, IndexEntry } from '../../functions/src/ports/upkeep.ts'
import type { Run } from './ports.ts'
import { ABOUT, type World } from './world.ts'

/**
 * The transactions of stores/firestore/firestore-annotations.ts, with the mechanisms that a mutation may
 * remove.
 */
export function annotationPort(run: Run, world: World): AnnotationStore {
  const { worker } = run
  /** Attempts hidden from the run, so that its limit stands for the limit of the scenario. */
  let hiddenAttempts = 0
  /** Results of steps, which a protocol without checkpoints writes at the end. */
  let withheld: AnnotationChanges = {}
  return {
    claim: (photo, lease, now, again) =>
      worker.call('firestore', 'claim', () => {
        const claimed = claim(run, world, photo, lease, now, again)
        if (!('annotation' in claimed)) return claimed
        const shown = withLimitsOf(world, claimed.annotation)
        hiddenAttempts = claimed.annotation.attempts - shown.attempts
        return { ...claimed, annotation: shown }
      }),
    update: (photo, token, changes, now) =>
      worker.call('firestore', nameOf(changes), () => {
        let written = changes
        if (!world.mechanisms.checkpoints) {
          const split = withoutCheckpoint(changes, world.document)
          withheld = { ...withheld, ...split.withheld }
          written =
            changes.status && changes.status !== 'deferred' ? { ...withheld, ...changes } : split.written
        }
        if (written.attempts !== undefined)
          written = { ...written, attempts: written.attempts + hiddenAttempts }
        return update(world, photo, token, written, now)
      }),
    remove: (photo, now) => worker.call('firestore', 'write the tombstone', () => remove(world, photo, now)),
  }
}

function nameOf({ status, lease, steps }: AnnotationChanges): string {
  if (status) return `finish as ${status}`
  if (lease === null) return 'release the lease'
  if (!steps) return 'checkpoint'
  const text = ({ state, paidCalls = 0 }: Steps['describe']) => `${state} (${paidCalls} billed)`
  return `checkpoint: describe ${text(steps.describe)}, locate ${text(steps.locate)}`
}

function claim(
  run: Run,
  world: World,
  photo: Photo,
  proposed: Lease,
  now: Date,
  again: Rerun | undefined,
): Claim {
  const { claims, leaseSeconds, whileLeased } = world.mechanisms
  const lease =
    leaseSeconds === 'of-trigger'
      ? proposed
      : { ...proposed, expiresAt: new Date(now.getTime() + leaseSeconds * 1000) }
  const existing = world.document
  let decision: ClaimDecision
  if (claims === 'by-event-id' && run.eventId !== undefined) {
    decision = world.eventIds.has(run.eventId) ? 'duplicate' : 'start'
    world.eventIds.add(run.eventId)
  } else decision = decideClaim(existing, photo, lease, now, again)
  if (decision === 'leased' && whileLeased === 'acknowledge') return { decision: 'duplicate' }
  if (!isGranted(decision)) return { decision }
  const annotation = claimedAnnotation(decision, existing, photo, lease, now)
  if (decision === 'start' || decision === 'retry' || decision === 'restart') world.beginnings += 1
  run.generation = photo.generation
  run.number = world.beginnings
  world.setDocument(annotation)
  return { decision, annotation, isFirst: !existing }
}

/** The annotation as the run sees it: the limits of the scenario replace those of the product. */
function withLimitsOf({ mechanisms }: World, annotation: Annotation): Annotation {
  const { maxCrashes, maxAttempts, billedCallsOf } = mechanisms
  const { crashes, attempts, steps } = annotation
  return {
    ...annotation,
    crashes: crashes >= maxCrashes ? MAX_CRASHES : Math.min(crashes, MAX_CRASHES - 1),
    attempts: attempts > maxAttempts ? MAX_ATTEMPTS + 1 : Math.min(attempts, MAX_ATTEMPTS),
    steps: billedCallsOf === 'document' ? steps : withoutBilledCalls(steps),
  }
}

function withoutBilledCalls({ describe, locate, draw }: Steps): Steps {
  const { paidCalls: _, ...described } = describe
  const { paidCalls: __, ...located } = locate
  return { describe: described, locate: located, draw }
}

/** Keeps back how a step ended; the count of its requests is written. */
function withoutCheckpoint(
  changes: AnnotationChanges,
  document: AnnotationDocument | undefined,
): { written: AnnotationChanges; withheld: AnnotationChanges } {
  const { steps, ...others } = changes
  if (!steps || !document || document.status === 'deleted') return { written: changes, withheld: {} }
  const count = (name: 'describe' | 'locate') => {
    const { paidCalls } = steps[name]
    return { ...document.steps[name], ...(paidCalls !== undefined && { paidCalls }) }
  }
  const written = { steps: { ...document.steps, describe: count('describe'), locate: count('locate') } }
  return { written, withheld: { ...others, steps } }
}

const UNFENCED = { name: ABOUT.name, steps: NEW_STEPS, lease: null, attempts: 0, crashes: 0 }

function update(
  world: World,
  photo: Photo,
  token: string,
  changes: AnnotationChanges,
  now: Date,
): UpdateOutcome {
  const existing = world.document
  const { fence } = world.mechanisms
  if (fence === 'none') {
    if (!existing) return 'gone'
  } else {
    const held = existing?.status === 'deleted' ? null : existing?.lease
    const anyToken = held?.token ?? token
    const lease = checkLease(existing, photo, fence === 'generation' ? anyToken : token)
    if (lease === 'gone' || (lease === 'taken-over' && fence !== 'generation')) return lease
  }
  // Without a fence, a late worker writes over a tombstone, which lacks the fields that the check reads.
  const unfenced = existing?.status === 'deleted' && UNFENCED
  const document = { ...unfenced, ...existing, ...changes, updatedAt: now } as Record<string, unknown>
  for (const field in changes) if (document[field] === undefined) delete document[field]
  world.setDocument(document as unknown as Annotation)
  return 'written'
}

function remove(world: World, photo: DeletedPhoto, now: Date): void {
  const { deletionsKnowGenerations, tombstones } = world.mechanisms
  const existing = world.document
  const isNewer = existing && compareGenerations(existing.generation, photo.generation) > 0
  if (isNewer && deletionsKnowGenerations) return
  world.setDocument(tombstones ? tombstone(photo, now, existing?.createdAt) : undefined)
}

/** The document as the sweeper finds it. */
export function indexPort({ worker }: Run, world: World): AnnotationIndex {
  const { documentBeforeObject, redrivesDue, sweepsFinishedOnly } = world.mechanisms
  const read = async (): Promise<IndexEntry[]> => {
    if (!documentBeforeObject)
      worker.foundEarly = { object: await worker.call('storage', 'find the object', () => world.object) }
    const document = await worker.call('firestore', 'read the document', () => world.document)
    return document ? [{ ...document, imageId: ABOUT.imageId }] : []
  }
  return {
    dueAfterOwner: async () => [],
    due: async (now) => {
      const live = (await read()).filter((entry) => entry.status !== 'deleted')
      return live.filter(({ dueAt }) => redrivesDue && dueAt && dueAt <= now)
    },
    find: async (_, { withFiles } = { withFiles: false }) => {
      const entries = await read()
      const found = entries.map((entry): [string, IndexEntry] => {
        const isInUse = withFiles && entry.status === 'processing' && !sweepsFinishedOnly
        return [entry.imageId, isInUse ? { ...entry, status: 'succeeded' } : entry]
      })
      return new Map(found)
    },
    after: async () => read(),
    ofOwner: async () => [],
  }
}
