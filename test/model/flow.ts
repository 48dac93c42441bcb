import { type ErrorCode, FAILURES } from '../../functions/src/errors.ts'

/** A place where a worker waits for something outside: there time passes, and there it may die. At a `deadly` one it does. */
export type Point = { name: string; at: 'firestore' | 'storage' | 'queue' | 'model'; deadly?: boolean }

/**
 * What may go wrong with a request. `refused`: it has no effect and fails. `unacknowledged`: it has its effect and fails. `repeated`: it
 * has its effect, and the client, which did not learn of it, sends it again. `interrupted`: the instance is asked to end.
 */
export type Fault = 'refused' | 'unacknowledged' | 'repeated' | 'interrupted'

export type Settled = { value: unknown } | { error: unknown }

export type Fork = { flows: Flow<unknown>[] }

/** The steps of a worker. What it yields is what it waits for; it is resumed with the fault that it meets, or with how its fork ended. */
export type Flow<T> = Generator<Point | Fork, T, unknown>

/** An expected failure, as VisionError is, without the stack, which costs more than all the rest of a step. */
export class Failure {
  readonly code: ErrorCode
  /** The request was answered with an error status, which is not charged. */
  readonly free: boolean
  readonly retryAfterMs: number | undefined

  constructor(code: ErrorCode, options: { free?: boolean; retryAfterMs?: number } = {}) {
    this.code = code
    this.free = options.free ?? false
    this.retryAfterMs = options.retryAfterMs
  }

  get retryable(): boolean {
    return FAILURES[this.code].retryable
  }
}

/** The queue failed: not among the failures that the protocol names, so that it is treated as a bug is. */
export class StoreFailure {
  readonly name = 'StoreFailure'
}

/** Waits at `point`, then lets `effect` happen at once. */
export function* io<T>(point: Point, effect: () => T): Flow<T> {
  const fault = (yield point) as Fault | undefined
  if (fault === undefined) return effect()
  if (fault !== 'refused') effect()
  if (fault === 'interrupted') throw new Failure('interrupted')
  if (fault === 'repeated') return effect()
  throw point.at === 'queue' ? new StoreFailure() : new Failure('storage-unavailable')
}

/** Runs flows side by side, as Promise.allSettled does. */
export function* sideBySide(...flows: Flow<unknown>[]): Flow<Settled[]> {
  return (yield { flows }) as Settled[]
}
