import { type ErrorCode, FAILURES, type VisionError } from '../../functions/src/errors.ts'

/** A place where a worker waits for something outside: there time passes, and there it may die. At a `deadly` one it does. */
export type Point = { name: string; at: 'firestore' | 'storage' | 'queue' | 'model'; deadly?: boolean }

/**
 * What may go wrong with a request. `refused`: it has no effect and fails. `unacknowledged`: it has its effect and fails. `repeated`: it
 * has its effect, and the client, which did not learn of it, sends it again. `interrupted`: the instance is asked to end. `unexpected`: it fails in a way that no code names.
 */
export type Fault = 'refused' | 'unacknowledged' | 'repeated' | 'interrupted' | 'unexpected'

export type Settled = { value: unknown } | { error: unknown }

export type Fork = { flows: Flow<unknown>[] }

/** The steps of a worker. What it yields is what it waits for; it is resumed with the fault that it meets, or with how its fork ended. */
export type Flow<T> = Generator<Point | Fork, T, unknown>

/** An expected failure, as VisionError is, without the stack, which costs more than all the rest of a step. */
export class Failure {
  readonly code: ErrorCode
  readonly retryAfterMs: number | undefined

  constructor(code: ErrorCode, options: { retryAfterMs?: number } = {}) {
    this.code = code
    this.retryAfterMs = options.retryAfterMs
  }

  get retryable(): boolean {
    return FAILURES[this.code].retryable
  }

  /** The request was answered with an error status, which is not charged. */
  get free(): boolean {
    return this.code.startsWith('model-') && this.code !== 'model-timeout'
  }

  /** For functions of the product, which look at the code and the cause alone. */
  get asVisionError(): VisionError {
    return this as unknown as VisionError
  }
}

/** A failure that the protocol does not name, so that it is treated as a bug is. */
export class StoreFailure {
  readonly name = 'StoreFailure'
}

/** Waits at `point`, then lets `effect` happen at once. */
export function* io<T>(point: Point, effect: () => T): Flow<T> {
  const fault = (yield point) as Fault | undefined
  if (fault === undefined) return effect()
  if (fault === 'unexpected') throw new StoreFailure()
  if (fault !== 'refused') effect()
  if (fault === 'interrupted') throw new Failure('interrupted')
  if (fault === 'repeated') return effect()
  throw point.at === 'queue' ? new StoreFailure() : new Failure('storage-unavailable')
}

/** Runs flows side by side, as Promise.allSettled does. */
export function* sideBySide(...flows: Flow<unknown>[]): Flow<Settled[]> {
  return (yield { flows }) as Settled[]
}
