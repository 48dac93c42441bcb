import { MAX_CIRCUIT_MS } from '../config/time-limits.ts'
import { asVisionError, type ErrorCode, VisionError } from '../errors.ts'
import type { CircuitStore, OpenCircuit } from '../ports/circuit-store.ts'
import {
  type FailureFacts,
  ModelFailure,
  type ModelRequest,
  type VisionModel,
} from '../ports/vision-model.ts'
import { nextPacificMidnight } from './pacific-midnight.ts'

const MINUTE_MS = 60_000
/** For failures that an operator must fix: after this time one request checks whether they have. */
const FIX_MS = 5 * MINUTE_MS
const BUDGET_MS = 60 * MINUTE_MS
/**
 * How long an instance uses what it read: the longest time that it sends requests after another instance has
 * opened a circuit.
 */
const READ_EVERY_MS = 30_000
/** How long a request waits for the store, which usually answers in milliseconds. */
const STORE_TIMEOUT_MS = 2000

/** How long a circuit stays open, by the code of the failure that opens it. */
const OPEN_MS: Partial<Record<ErrorCode, (failure: ModelFailure, now: Date) => number>> = {
  'model-misconfigured': () => FIX_MS,
  'model-not-found': () => FIX_MS,
  'model-budget-spent': ({ retryAfterMs = BUDGET_MS }) => Math.min(retryAfterMs, MAX_CIRCUIT_MS),
  // The service's clock may be a little behind ours at midnight.
  'model-day-limit': (_, now) => Math.max(nextPacificMidnight(now).getTime() - now.getTime(), FIX_MS),
}

/** Which circuit a failure opens, and until when. None if other requests may succeed. */
export function openingOf(
  failure: ModelFailure,
  keys: ReturnType<typeof circuitKeys>,
  now: Date,
): { key: string; circuit: OpenCircuit } | undefined {
  const { code, scope } = failure
  const openMs = OPEN_MS[code]
  if (scope === 'request' || !openMs) return undefined
  return { key: keys[scope], circuit: { code, openUntil: new Date(now.getTime() + openMs(failure, now)) } }
}

/** The circuits that a request depends on: document ids. */
export function circuitKeys(provider: VisionModel['provider'], model: string) {
  return { provider, model: `${provider}:${encodeURIComponent(model)}` }
}

const NOT_SENT: FailureFacts = { fault: 'final', billing: 'free', scope: 'request' }

/**
 * A circuit breaker: after a failure that concerns a whole model or provider, no instance that shares `store`
 * sends requests to it for some time. They fail at once with the same code, unsent and uncounted, and
 * `retryAfterMs` says how long the circuit stays open.
 * @throws VisionError as `model`; failures of the store that are not transient
 */
export function guardedModel(model: VisionModel, store: CircuitStore, now: () => Date): VisionModel {
  const circuits = new Circuits(store)

  async function checkClosed({ model: name }: ModelRequest): Promise<void> {
    const keys = Object.values(circuitKeys(model.provider, name))
    const known = await Promise.all(keys.map(async (key) => circuits.get(key, now())))
    const [open] = known
      .flatMap((circuit) => (circuit && circuit.openUntil > now() ? circuit : []))
      .toSorted((a, b) => b.openUntil.getTime() - a.openUntil.getTime())
    if (open)
      throw waiting(open.code, 'The model was not asked: the circuit is open', NOT_SENT, open.openUntil)
  }

  /** Opens a circuit if `error` calls for it, and throws the error. */
  async function opened(error: unknown, { model: name }: ModelRequest): Promise<never> {
    const opening =
      error instanceof ModelFailure && openingOf(error, circuitKeys(model.provider, name), now())
    if (!opening) throw error
    const openUntil = await circuits.open(opening.key, opening.circuit, now())
    throw waiting(error.code, error.message, error, openUntil, error.cause)
  }

  function waiting(code: ErrorCode, message: string, facts: FailureFacts, until: Date, cause?: unknown) {
    const retryAfterMs = Math.max(0, until.getTime() - now().getTime())
    return new ModelFailure(code, message, facts, { cause, retryAfterMs })
  }

  return {
    provider: model.provider,
    warmUp(name) {
      for (const key of Object.values(circuitKeys(model.provider, name)))
        circuits.get(key, now()).catch(() => undefined)
      model.warmUp?.(name)
    },
    async generate(request, signal) {
      await checkClosed(request)
      return model.generate(request, signal).catch(async (error: unknown) => opened(error, request))
    },
    async *stream(request, signal) {
      await checkClosed(request)
      try {
        return yield* model.stream(request, signal)
      } catch (error) {
        return opened(error, request)
      }
    },
  }
}

type Known = { circuit: OpenCircuit | undefined; readAt: number; reading?: Promise<void> }

/**
 * The circuits as one instance knows them. A transient failure of the store blocks no request: it is logged,
 * and the last known state applies. Other failures, such as missing permissions, are thrown.
 */
class Circuits {
  private readonly store: CircuitStore
  private readonly known = new Map<string, Known>()

  constructor(store: CircuitStore) {
    this.store = store
  }

  /** Reads each circuit at most every 30 s. */
  async get(key: string, now: Date): Promise<OpenCircuit | undefined> {
    let known = this.known.get(key)
    if (!known || Math.abs(now.getTime() - known.readAt) >= READ_EVERY_MS) {
      known = { circuit: known?.circuit, readAt: now.getTime() }
      this.known.set(key, known)
      known.reading = this.read(key, known)
    }
    await known.reading
    // Not `known`: this instance may have opened the circuit since.
    return this.known.get(key)?.circuit
  }

  /** Requests that fail at the same time write once. @returns when the circuit closes */
  async open(key: string, circuit: OpenCircuit, now: Date): Promise<Date> {
    const openUntil = this.known.get(key)?.circuit?.openUntil
    const isLonger = (until: Date) => circuit.openUntil.getTime() > until.getTime() + READ_EVERY_MS
    if (openUntil && openUntil > now && !isLonger(openUntil)) return openUntil
    this.known.set(key, { circuit, readAt: now.getTime() })
    await withTimeout(this.store.open(key, circuit, now)).catch((error: unknown) => {
      console.error(`Cannot open the circuit ${key} for other instances`, error)
    })
    return circuit.openUntil
  }

  private async read(key: string, known: Known): Promise<void> {
    try {
      known.circuit = await withTimeout(this.store.read(key))
    } catch (error) {
      if (!asVisionError(error)?.retryable) {
        if (this.known.get(key) === known) this.known.delete(key)
        throw error
      }
      console.error(`Cannot read the circuit ${key}: the model is asked without it`, error)
    }
  }
}

/** @throws VisionError `storage-unavailable` if `answer` takes too long */
async function withTimeout<T>(answer: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    late.reject(new VisionError('storage-unavailable', `No answer about a circuit in ${STORE_TIMEOUT_MS} ms`))
  }, STORE_TIMEOUT_MS)
  try {
    return await Promise.race([answer, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
