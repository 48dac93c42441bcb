import type { Photo, Status, StoredError } from '../../../functions/src/annotations/annotation.ts'
import type { Again, Granted } from '../../../functions/src/annotations/claim.ts'
import { MAX_ATTEMPTS } from '../../../functions/src/open-work.ts'
import { Failure, type Flow, io, type Point } from '../flow.ts'
import type { Document, Step, World } from '../world.ts'
import { claim, update } from './documents.ts'
import { POINTS } from './points.ts'

// functions/src/open-work.ts and work.ts, with a point wherever that waits.

export type Steps = { describe: Step; locate: Step; draw: { state: 'pending' | 'succeeded' } }
export type Changes = { [Field in keyof Document]?: Document[Field] | undefined }
export type Outcome = { ended: 'finished'; status: Status } | { ended: 'skipped'; reason: string }

export function* openWork(photo: Photo, world: World, again?: Again, eventId?: string): Flow<Work | Outcome> {
  const { leaseSeconds, maxCrashes, whileLeased } = world.mechanisms
  const token = world.newToken()
  const lease = { token, expiresAt: new Date(world.agenda.now + leaseSeconds * 1000) }
  const claimed = yield* io(POINTS.claim, () => claim(world, photo, lease, again, eventId))
  if (claimed.decision === 'leased' && whileLeased === 'throw') throw new Failure('claimed-elsewhere')
  if (!('document' in claimed)) return { ended: 'skipped', reason: claimed.decision }
  const { decision, document, run } = claimed
  const work = new Work(photo, world, token, decision, document, run, again !== undefined)
  if (document.crashes >= maxCrashes)
    return yield* work.finish({ status: 'failed', error: new Failure('crashed') })
  if (again || document.attempts <= MAX_ATTEMPTS) return work
  return yield* work.finish({ status: 'failed', error: new Failure('gave-up') })
}

/** As work.ts has them. */
const EVENT_PATIENCE_MS = 15 * 60_000
const FIRST_PAUSE_MS = 10 * 60_000
const LONGEST_PAUSE_MS = 6 * 3_600_000

export class Work {
  readonly photo: Photo
  readonly run: number
  steps: Steps
  abandoned = false
  readonly wasDeferred: boolean
  readonly isAwaited: boolean
  private readonly world: World
  private readonly token: string
  private readonly attempts: number
  private readonly deferrals: number
  /** What a protocol without checkpoints has to keep until the end. */
  private kept: Changes = {}

  constructor(
    photo: Photo,
    world: World,
    token: string,
    decision: Granted,
    document: Document,
    run: number,
    isAsked: boolean,
  ) {
    this.photo = photo
    this.world = world
    this.token = token
    this.run = run
    this.wasDeferred = decision === 'undefer'
    this.isAwaited = isAsked && (decision === 'retry' || decision === 'restart')
    this.attempts = document.attempts
    this.deferrals = document.deferrals ?? 0
    this.steps = document.steps
  }

  checkpoint(changes: Changes, point: Point = POINTS.checkpoint): Flow<void> {
    return this.write(point, () => ({ changes }))
  }

  /** Counts a request that is about to be sent, in the place of `previous` if that was free. */
  *countRequest(name: 'describe' | 'locate', previous?: Failure): Flow<void> {
    if (previous?.free) return
    yield* this.write(POINTS.count, () => {
      const step = this.steps[name]
      const paidCalls = step.paidCalls ?? 0
      if (paidCalls >= this.world.mechanisms.maxPaidCalls) throw new Failure('gave-up')
      const steps = { ...this.steps, [name]: { ...step, paidCalls: paidCalls + 1 } }
      return { changes: { steps }, written: () => (this.steps = steps) }
    })
  }

  *endStep(name: 'describe' | 'locate', end: Step, fields: Changes = {}, isFree = false): Flow<void> {
    const prepare = () => {
      const paidCalls = (this.steps[name].paidCalls ?? 0) - (isFree ? 1 : 0)
      const steps = { ...this.steps, [name]: { ...end, paidCalls } }
      return { changes: { ...fields, steps }, written: () => (this.steps = steps) }
    }
    if (this.world.mechanisms.checkpoints) return yield* this.write(POINTS.checkpoint, prepare)
    const { changes, written } = prepare()
    this.kept = { ...this.kept, ...changes }
    written()
  }

  *finish({
    status,
    error,
    results,
  }: {
    status: Status
    error?: Failure | undefined
    results?: Changes
  }): Flow<Outcome> {
    const changes = { ...this.kept, ...results, status, error: error && storedError(error), lease: null }
    const dueAt = status === 'superseded' ? this.after(EVENT_PATIENCE_MS) : undefined
    const completedAt = this.world.now
    yield* this.checkpoint({ ...changes, deferrals: undefined, dueAt, completedAt }, POINTS.finish)
    return { ended: 'finished', status }
  }

  *defer(failure: Failure): Flow<Outcome> {
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** this.deferrals, LONGEST_PAUSE_MS)
    const changes = {
      status: 'deferred',
      error: storedError(failure),
      nextAttemptAt: this.after(failure.retryAfterMs ?? pause),
      dueAt: this.after(Math.max(failure.retryAfterMs ?? 0, pause)),
      deferrals: this.deferrals + 1,
      lease: null,
      attempts: this.attempts - 1,
    } as const
    yield* this.checkpoint(changes, POINTS.defer)
    return { ended: 'finished', status: 'deferred' }
  }

  *release(failure: Failure | undefined): Flow<void> {
    try {
      const healing = failure && { error: storedError(failure), attempts: this.attempts - 1 }
      yield* this.checkpoint(
        { lease: null, dueAt: this.after(EVENT_PATIENCE_MS), ...healing },
        POINTS.release,
      )
    } catch (error) {
      if (!isClaimLost(error)) throw error
    }
  }

  private after(ms: number): Date {
    return new Date(this.world.agenda.now + ms)
  }

  private *write(point: Point, prepare: () => { changes: Changes; written?: () => void }): Flow<void> {
    const { outcome, written } = yield* io(point, () => {
      const prepared = prepare()
      return { ...prepared, outcome: update(this.world, this.photo, this.token, prepared.changes) }
    })
    if (outcome === 'written') return written?.()
    this.abandoned = outcome === 'gone'
    throw new Failure('claim-lost')
  }
}

export function isClaimLost(error: unknown): boolean {
  return error instanceof Failure && error.code === 'claim-lost'
}

export function storedError({ code, retryable }: Failure): StoredError {
  return { code, message: '', retryable }
}
