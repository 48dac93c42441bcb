import type { ErrorCode, Limit, LimitName } from '../errors.ts'
import {
  type Annotation,
  type AnnotationDocument,
  eachStep,
  type Lease,
  type ModelStep,
  type Photo,
  type PhotoVersion,
} from './annotation.ts'
import { newAnnotation, resumedAnnotation } from './new-annotation.ts'

/**
 * What an event or a call may do with a photo. `start`: the first claim of this generation. `resume`: an
 * earlier worker released it or died. `undefer`: it was deferred. `retry`: it ended incomplete, and a caller
 * asks for the missing steps. `restart`: a caller asks for all steps again. `leased`: another worker holds
 * it. `duplicate`: it has ended. `rejected`: it was rejected and would be again. `stale`: the document is
 * about a newer generation, or this one was deleted.
 */
export type ClaimDecision = Granted | Refused

export type Granted = 'start' | 'resume' | 'undefer' | 'retry' | 'restart'
export type Refused = 'leased' | 'duplicate' | 'rejected' | 'stale'

/** Which ended photos a caller may run again: those that have not succeeded, or all. Events run none. */
export type RerunPolicy = 'unless-succeeded' | 'always'
/** The present values of the parameters that can reject a photo. */
export type Limits = Record<LimitName, Limit['value']>
/** With `unless-succeeded`, a rejected photo runs again only if `limits` may accept it. */
export type Rerun = { policy: RerunPolicy; limits: Limits }

/** Compares generations, not event ids: one upload may have events with several ids, in any order. */
export function decideClaim(
  existing: AnnotationDocument | undefined,
  photo: Photo,
  lease: Lease,
  now: Date,
  again?: Rerun,
): ClaimDecision {
  if (!existing) return 'start'
  const order = compareGenerations(existing.generation, photo.generation)
  if (order > 0) return 'stale'
  if (order < 0) return 'start'
  if (existing.status === 'deleted') return 'stale'
  if (existing.status !== 'processing' && existing.status !== 'deferred') {
    if (again?.policy === 'always') return 'restart'
    if (!again || existing.status === 'succeeded') return 'duplicate'
    return isStillRejected(existing, again.limits) ? 'rejected' : 'retry'
  }
  // Our own lease: the claim was written, its acknowledgement was lost, and the transaction ran again.
  if (existing.lease?.token === lease.token) return 'resume'
  if (existing.lease && existing.lease.expiresAt > now) return 'leased'
  return existing.status === 'deferred' ? 'undefer' : 'resume'
}

export function isGranted(decision: ClaimDecision): decision is Granted {
  return !REFUSED.has(decision)
}

const REFUSED: ReadonlySet<ClaimDecision> = new Set<Refused>(['leased', 'duplicate', 'rejected', 'stale'])

/** Rejections that depend on a parameter. Version 1 stored them without its value. */
const LIMIT_CODES = new Set<ErrorCode>(['file-too-large', 'too-many-pixels', 'heic-disabled'])

/**
 * Whether another run would reject a photo again: its bytes are the same, and so are the limits. The model
 * service may accept a photo that it has refused.
 */
export function isStillRejected(
  { status, error }: Pick<Annotation, 'status' | 'error'>,
  limits: Limits,
): boolean {
  if (status !== 'rejected' || !error || error.code === 'model-refused-image') return false
  const { code, limit } = error
  if (!limit) return !LIMIT_CODES.has(code)
  const present = limits[limit.name]
  return typeof present === 'number' ? present <= Number(limit.value) : present === limit.value
}

/**
 * The whole annotation after a granted claim. Results of an earlier run of this generation stay until new
 * ones replace them.
 */
export function claimedAnnotation(
  decision: Granted,
  existing: AnnotationDocument | undefined,
  photo: Photo,
  lease: Lease,
  now: Date,
): Annotation {
  if (!existing || existing.status === 'deleted' || decision === 'start')
    return newAnnotation(photo, lease, now)
  const resumed = resumedAnnotation(existing, lease, now)
  if (decision === 'resume' || decision === 'undefer') return resumed
  const { completedAt: _, steps, ...known } = resumed
  const again = decision === 'restart' ? askAgain : keepOrAskAgain
  return {
    ...known,
    attempts: 1,
    crashes: 0,
    steps: { ...eachStep((name) => again(steps[name])), draw: { state: 'pending' } },
  }
}

/** The usage of the step stays counted. The number of attempts starts again, since a caller asked for it. */
function askAgain({ usage }: ModelStep): ModelStep {
  return { state: 'pending', ...(usage && { usage }) }
}

function keepOrAskAgain(step: ModelStep): ModelStep {
  return step.state === 'succeeded' ? step : askAgain(step)
}

/** Whether the holder of `token` may still write about this generation. */
export function checkLease(
  existing: AnnotationDocument | undefined,
  photo: Photo,
  token: string,
): 'held' | 'taken-over' | 'gone' {
  if (existing?.generation !== photo.generation || existing.status === 'deleted') return 'gone'
  return existing.lease?.token === token ? 'held' : 'taken-over'
}

/**
 * Whether the removal of a photo changes its document. A document about a newer generation stays. So does a
 * tombstone without an owner: a late event of an erased photo must not write the owner again.
 */
export function replacedOnRemoval(
  existing: Pick<AnnotationDocument, 'generation' | 'owner' | 'status'> | undefined,
  { generation }: Pick<Photo, 'generation'>,
): boolean {
  if (!existing) return true
  const order = compareGenerations(existing.generation, generation)
  return order < 0 || (order === 0 && !(existing.status === 'deleted' && existing.owner === null))
}

/** Which results to delete: of older generations, or of this generation too. */
export type ResultsToDelete = 'older' | 'older-and-this'

/**
 * Whether a result is deleted for a photo. Folders that are not a generation are left alone.
 * @param path within the folder of the photo's results: `{generation}/masks/0.png`
 */
export function isToDelete(path: string, photo: PhotoVersion, which: ResultsToDelete): boolean {
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
