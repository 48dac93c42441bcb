import type { CircuitStore } from '../ports/circuit-store.ts'
import {
  type FailureFacts,
  ModelFailure,
  type ModelRequest,
  type VisionModel,
} from '../ports/vision-model.ts'
import { circuitKeys, decideOpening, longestOpen } from './circuit.ts'
import { KnownCircuits } from './known-circuits.ts'

const NOT_SENT: FailureFacts = { fault: 'final', billing: 'free', scope: 'request' }

/**
 * A model that is not asked while its service answers nobody, as `decideOpening` has it, by none of the instances that share `store`.
 * Until then every request fails at once with the code that opened the circuit, unsent and uncounted; that failure, and the one that
 * opened the circuit, carry as `retryAfterMs` how long it stays open. Afterwards requests pass again.
 * @throws VisionError as `model`; whatever the store throws that does not heal
 */
export function guardedModel(model: VisionModel, store: CircuitStore, now: () => Date): VisionModel {
  const circuits = new KnownCircuits(store)

  async function checkClosed({ model: name }: ModelRequest): Promise<void> {
    const keys = Object.values(circuitKeys({ provider: model.provider, model: name }))
    const known = await Promise.all(keys.map(async (key) => circuits.get(key, now())))
    const open = longestOpen(known, now())
    if (open)
      throw waiting(open.code, 'The model was not asked: the circuit is open', NOT_SENT, open.openUntil)
  }

  /** Opens a circuit if `error` calls for it, and throws the error. */
  async function opened(error: unknown, { model: name }: ModelRequest): Promise<never> {
    const asking = { provider: model.provider, model: name }
    const opening = error instanceof ModelFailure && decideOpening(error, asking, now())
    if (!opening) throw error
    const openUntil = await circuits.open(opening.key, opening.circuit, now())
    throw waiting(error.code, error.message, error, openUntil, error.cause)
  }

  function waiting(
    code: ModelFailure['code'],
    message: string,
    facts: FailureFacts,
    until: Date,
    cause?: unknown,
  ): ModelFailure {
    // Writing it took a moment.
    const retryAfterMs = Math.max(0, until.getTime() - now().getTime())
    return new ModelFailure(code, message, facts, { cause, retryAfterMs })
  }

  return {
    provider: model.provider,
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
