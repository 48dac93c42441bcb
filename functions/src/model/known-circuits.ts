import { asVisionError, VisionError } from '../errors.ts'
import type { CircuitStore, OpenCircuit } from '../ports/circuit-store.ts'

/** How long an instance believes what it read: the longest that it goes on asking after another instance has opened a circuit. */
export const CIRCUIT_READ_MS = 30_000

/** How long a request waits for the store: it has answered others of the same photo or call in milliseconds just before. */
const PATIENCE_MS = 2000

type Known = { circuit: OpenCircuit | undefined; since: number; reading?: Promise<void> }

/**
 * What one instance knows of the circuits. It reads each at most every 30 s, and knows of its own openings at once.
 *
 * A circuit saves requests: it must not become a second thing to fail. While the store does not answer, or not in time, what was known
 * before holds; without that, requests pass. An opening that could not be written holds for this instance alone, until it reads again.
 * The log tells of both.
 */
export class KnownCircuits {
  private readonly store: CircuitStore
  private readonly known = new Map<string, Known>()
  private unreadableSince = Number.NEGATIVE_INFINITY

  constructor(store: CircuitStore) {
    this.store = store
  }

  async get(key: string, now: Date): Promise<OpenCircuit | undefined> {
    let known = this.known.get(key)
    if (!known || !isWithin(CIRCUIT_READ_MS, known.since, now)) {
      known = { circuit: known?.circuit, since: now.getTime() }
      this.known.set(key, known)
      known.reading = this.read(key, known, now)
    }
    await known.reading
    // Not `known`: it may have been opened meanwhile.
    return this.known.get(key)?.circuit
  }

  /**
   * Opens a circuit for all instances. Of requests that were under way, and fail one after another, only the first is written: what the
   * others would add is not worth it.
   * @returns when it closes
   */
  async open(key: string, circuit: OpenCircuit, now: Date): Promise<Date> {
    const openUntil = this.known.get(key)?.circuit?.openUntil
    if (
      openUntil &&
      openUntil > now &&
      openUntil.getTime() + CIRCUIT_READ_MS >= circuit.openUntil.getTime()
    ) {
      return openUntil
    }
    this.known.set(key, { circuit, since: now.getTime() })
    try {
      await inTime(this.store.open(key, circuit, now))
    } catch (error) {
      // What the model failed with is what the caller has to hear.
      console.error(`Cannot open the circuit ${key} for other instances`, error)
    }
    return circuit.openUntil
  }

  private async read(key: string, known: Known, now: Date): Promise<void> {
    try {
      known.circuit = await inTime(this.store.read(key))
    } catch (error) {
      if (!asVisionError(error)?.retryable) {
        if (this.known.get(key) === known) this.known.delete(key)
        throw error
      }
      if (isWithin(CIRCUIT_READ_MS, this.unreadableSince, now)) return
      this.unreadableSince = now.getTime()
      console.error(`Cannot read the circuit ${key}: the model is asked without it`, error)
    }
  }
}

/** Not when the clock went back, either: things would be believed for longer. */
function isWithin(ms: number, since: number, now: Date): boolean {
  return now.getTime() >= since && now.getTime() < since + ms
}

/** @throws VisionError `storage-unavailable` when the answer is not there in time */
async function inTime<T>(answer: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    late.reject(new VisionError('storage-unavailable', `No answer about a circuit in ${PATIENCE_MS} ms`))
  }, PATIENCE_MS)
  try {
    return await Promise.race([answer, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
