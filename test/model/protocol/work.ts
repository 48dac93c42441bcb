import type {
  Annotation,
  ModelStep,
  Photo,
  Status,
  Steps,
  StoredError,
} from '../../../functions/src/document/annotation.ts'
import type { Granted, RerunPolicy } from '../../../functions/src/document/claim.ts'
import { AttemptCounts, type ModelStepName } from '../../../functions/src/pipeline/billable-attempts.ts'
import type { AnnotationChanges } from '../../../functions/src/ports/annotation-store.ts'
import { Failure, type Flow, io, type Point } from '../flow.ts'
import type { World } from '../world.ts'
import { claim, update } from './documents.ts'
import { POINTS } from './points.ts'

// functions/src/work.ts and open-work.ts, with a point wherever they wait.

const EVENT_PATIENCE_MS = 15 * 60 * 1000
const DEFERRAL_MS = { first: 10 * 60 * 1000, longest: 6 * 3600 * 1000 }

export type Changes = AnnotationChanges
export type Outcome = { ended: 'finished'; status: Status } | { ended: 'skipped'; reason: string }
export type RunTrigger = { again?: RerunPolicy | undefined; eventId?: string | undefined; isLast?: boolean }

export function* startRun(photo: Photo, world: World, occasion: RunTrigger): Flow<Work | Outcome> {
  const { leaseSeconds, maxCrashes, maxAttempts, whileLeased } = world.mechanisms
  const { again, eventId } = occasion
  const token = world.newToken()
  const lease = { token, expiresAt: new Date(world.agenda.now + leaseSeconds * 1000) }
  const claimed = yield* io(POINTS.claim, () => claim(world, photo, lease, again, eventId))
  if (claimed.decision === 'leased' && whileLeased === 'throw') throw new Failure('claimed-elsewhere')
  if (!('document' in claimed)) return { ended: 'skipped', reason: claimed.decision }
  const { decision, document, run } = claimed
  const work = new Work(photo, world, token, decision, document, run, occasion)
  const { crashes, attempts } = document
  if (crashes >= maxCrashes) return yield* work.finish({ status: 'failed', error: new Failure('crashed') })
  if (again || attempts <= maxAttempts) return work
  return yield* work.finish({ status: 'failed', error: new Failure('gave-up') })
}

export class Work {
  readonly photo: Photo
  readonly run: number
  steps: Steps
  abandoned = false
  readonly wasDeferred: boolean
  readonly isAwaited: boolean
  readonly isLast: boolean
  private readonly world: World
  private readonly token: string
  private readonly before: Annotation
  private readonly paid: AttemptCounts
  /** What a protocol without checkpoints has to keep until the end. */
  private kept: Changes = {}

  constructor(
    photo: Photo,
    world: World,
    token: string,
    decision: Granted,
    document: Annotation,
    run: number,
    { again, isLast = false }: RunTrigger,
  ) {
    this.photo = photo
    this.world = world
    this.token = token
    this.run = run
    this.wasDeferred = decision === 'undefer'
    this.isAwaited = again !== undefined && (decision === 'retry' || decision === 'restart')
    this.isLast = isLast
    this.before = document
    this.steps = document.steps
    this.paid = new AttemptCounts(world.mechanisms.paidCallsOf === 'document' ? document.steps : NOTHING_PAID)
  }

  checkpoint(changes: Changes, point: Point = POINTS.checkpoint): Flow<void> {
    return this.write(point, () => ({ changes }))
  }

  settleCall(name: ModelStepName, answer: string | Failure): void {
    const isFree = answer instanceof Failure && answer.free
    this.paid.settle(name, isFree ? 'free' : 'billed')
  }

  /** Counts a request that is about to be sent. */
  *countCall(name: ModelStepName): Flow<void> {
    if (this.paid.isExhausted(name)) throw new Failure('gave-up')
    if (!this.paid.begin(name)) return
    yield* this.write(POINTS.count, () => this.stepChanges(name, this.steps[name]))
  }

  *endStep(name: ModelStepName, end: ModelStep, fields: Changes = {}): Flow<void> {
    this.paid.end(name)
    const prepare = () => this.stepChanges(name, end, fields)
    if (this.world.mechanisms.checkpoints) return yield* this.write(POINTS.checkpoint, prepare)
    const { changes, written } = prepare()
    this.kept = { ...this.kept, ...changes }
    written?.()
  }

  *finish({ status, error, results }: { status: Status; error?: Failure | undefined; results?: Changes }) {
    const { now } = this.world
    const changes: Changes = {
      ...this.kept,
      ...results,
      status,
      error: error && storedError(error),
      lease: null,
      deferrals: undefined,
      dueAt: status === 'superseded' ? after(now, EVENT_PATIENCE_MS) : undefined,
      completedAt: now,
    }
    yield* this.checkpoint(changes, POINTS.finish)
    return { ended: 'finished', status } as const
  }

  *defer(failure: Failure): Flow<Outcome> {
    const { now } = this.world
    const deferrals = this.before.deferrals ?? 0
    const pause = Math.min(DEFERRAL_MS.first * 2 ** deferrals, DEFERRAL_MS.longest)
    const changes: Changes = {
      status: 'deferred',
      error: storedError(failure),
      nextAttemptAt: after(now, failure.retryAfterMs ?? pause),
      dueAt: after(now, Math.max(failure.retryAfterMs ?? 0, pause)),
      deferrals: deferrals + 1,
      lease: null,
      attempts: this.before.attempts - 1,
    }
    yield* this.checkpoint(changes, POINTS.defer)
    return { ended: 'finished', status: 'deferred' }
  }

  *release(failure: Failure | undefined): Flow<void> {
    const healing = failure && { error: storedError(failure), attempts: this.before.attempts - 1 }
    const dueAt = after(this.world.now, EVENT_PATIENCE_MS)
    try {
      yield* this.checkpoint({ lease: null, dueAt, ...healing }, POINTS.release)
    } catch (error) {
      if (!isClaimLost(error)) throw error
    }
  }

  private stepChanges(name: ModelStepName, step: ModelStep, fields: Changes = {}): Prepared {
    const paidCalls = this.paid.of(name)
    const steps = { ...this.steps, [name]: { ...step, ...(paidCalls > 0 && { paidCalls }) } }
    return { changes: { ...fields, steps }, written: () => (this.steps = steps) }
  }

  private *write(point: Point, prepare: () => Prepared): Flow<void> {
    const { outcome, written } = yield* io(point, () => {
      const prepared = prepare()
      return { ...prepared, outcome: update(this.world, this.photo, this.token, prepared.changes) }
    })
    if (outcome === 'written') {
      written?.()
      return
    }
    this.abandoned = outcome === 'gone'
    throw new Failure('claim-lost')
  }
}

type Prepared = { changes: Changes; written?: () => unknown }

const NOTHING_PAID: Steps = {
  describe: { state: 'pending' },
  locate: { state: 'pending' },
  draw: { state: 'pending' },
}

function after(time: Date, ms: number): Date {
  return new Date(time.getTime() + ms)
}

export function isClaimLost(error: unknown): boolean {
  return error instanceof Failure && error.code === 'claim-lost'
}

export function storedError({ code, retryable }: Failure): StoredError {
  return { code, message: '', retryable }
}
