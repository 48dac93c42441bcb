import {
  type Annotation,
  type Lease,
  type ModelStep,
  newAnnotation,
  type Photo,
  resumedAnnotation,
} from './annotation.ts'

/**
 * What an event or a call about a photo may do. `start`: the first to come for this generation. `resume`: the one before gave up or died.
 * `undefer`: it was laid aside. `retry`: it ended without all that it should have, and somebody asks for the rest. `restart`: somebody asks for all of it again.
 * `leased`: another worker is at it, come again. `duplicate`: done already. `stale`: the document knows a newer generation, or that
 * this one was deleted.
 */
export type ClaimDecision = Granted | 'leased' | 'duplicate' | 'stale'

export type Granted = 'start' | 'resume' | 'undefer' | 'retry' | 'restart'

/** What somebody may ask to be run again although it has ended: what has not succeeded, or anything. Events ask for neither. */
export type RerunPolicy = 'unless-succeeded' | 'always'

/** Generations are the key, not event ids: one upload may be announced under several ids, and in any order. */
export function decideClaim(
  existing: Annotation | undefined,
  photo: Photo,
  lease: Lease,
  now: Date,
  again?: RerunPolicy,
): ClaimDecision {
  if (!existing) return 'start'
  const order = compareGenerations(existing.generation, photo.generation)
  if (order > 0) return 'stale'
  if (order < 0) return 'start'
  if (existing.status === 'deleted') return 'stale'
  if (existing.status !== 'processing' && existing.status !== 'deferred') {
    if (again === 'always') return 'restart'
    return again && existing.status !== 'succeeded' ? 'retry' : 'duplicate'
  }
  // Our own lease: the claim was written, but its acknowledgement was lost and the transaction ran again.
  if (existing.lease?.token === lease.token) return 'resume'
  if (existing.lease && existing.lease.expiresAt > now) return 'leased'
  return existing.status === 'deferred' ? 'undefer' : 'resume'
}

export function isGranted(decision: ClaimDecision): decision is Granted {
  return decision !== 'leased' && decision !== 'duplicate' && decision !== 'stale'
}

/**
 * The annotation as it is once the claim was granted: the whole of it. What an earlier run of this generation has found stays until there
 * is something to put in its place.
 */
export function claimedAnnotation(
  decision: Granted,
  existing: Annotation | undefined,
  photo: Photo,
  lease: Lease,
  now: Date,
): Annotation {
  if (!existing || decision === 'start') return newAnnotation(photo, lease, now)
  const resumed = resumedAnnotation(existing, lease, now)
  if (decision === 'resume' || decision === 'undefer') return resumed
  const { completedAt: _, timingsMs: __, steps, ...known } = resumed
  const again = decision === 'restart' ? askAgain : keepOrAskAgain
  return {
    ...known,
    attempts: 1,
    crashes: 0,
    steps: { describe: again(steps.describe), locate: again(steps.locate), draw: { state: 'pending' } },
  }
}

/** What a step has paid stays counted; how often it may be paid begins anew, since somebody asked for it. */
function askAgain({ usage }: ModelStep): ModelStep {
  return { state: 'pending', ...(usage && { usage }) }
}

function keepOrAskAgain(step: ModelStep): ModelStep {
  return step.state === 'succeeded' ? step : askAgain(step)
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

/** Which results of a photo: those of older generations, or besides all of this generation. */
export type ResultsToDelete = 'older' | 'older-and-this'

/**
 * Whether a result is to be deleted on behalf of a photo. Folders that are no generation are not ours to judge.
 * @param path within the home of the photo's results: `{generation}/masks/0.png`
 */
export function isToDelete(path: string, photo: Photo, which: ResultsToDelete): boolean {
  const [generation = ''] = path.split('/')
  if (!/^\d{1,19}$/.test(generation)) return false
  const order = compareGenerations(generation, photo.generation)
  return order < 0 || (order === 0 && which === 'older-and-this')
}

/** Generations are 64-bit numbers in decimal. Negative, zero or positive, as for `sort`. */
export function compareGenerations(a: string, b: string): number {
  const difference = BigInt(a) - BigInt(b)
  return difference === 0n ? 0 : difference > 0n ? 1 : -1
}
