import { MAX_CIRCUIT_MS } from '../config/time-limits.ts'
import type { ErrorCode } from '../errors.ts'
import type { OpenCircuit } from '../ports/circuit-store.ts'
import type { ModelFailure, VisionModel } from '../ports/vision-model.ts'
import { nextPacificMidnight } from './pacific-midnight.ts'

/** Who is asked. */
export type Asking = { provider: VisionModel['provider']; model: string }

const MINUTE_MS = 60_000
/** What somebody has to mend: so long until one more request finds out whether they have. */
const MENDING_MS = 5 * MINUTE_MS
const BUDGET_MS = 60 * MINUTE_MS

/** How long a circuit stays open, by the code of the failure that opens it. */
const OPEN_MS: Partial<Record<ErrorCode, (failure: ModelFailure, now: Date) => number>> = {
  'model-misconfigured': () => MENDING_MS,
  'model-not-found': () => MENDING_MS,
  'model-budget-spent': ({ retryAfterMs = BUDGET_MS }) => Math.min(retryAfterMs, MAX_CIRCUIT_MS),
  // Clocks differ: when ours says that the day has just begun, the service's may not.
  'model-day-limit': (_, now) => Math.max(nextPacificMidnight(now).getTime() - now.getTime(), MENDING_MS),
}

/** The circuits that a request has to pass: its provider's, and its model's. */
export function circuitKeys({ provider, model }: Asking): { provider: string; model: string } {
  return { provider, model: `${provider}:${encodeURIComponent(model)}` }
}

/** Which circuit a failure opens, and until when. None if other requests may succeed. */
export function decideOpening(
  failure: ModelFailure,
  asking: Asking,
  now: Date,
): { key: string; circuit: OpenCircuit } | undefined {
  const { code, scope } = failure
  const openMs = OPEN_MS[code]
  if (scope === 'request' || !openMs) return undefined
  const openUntil = new Date(now.getTime() + openMs(failure, now))
  return { key: circuitKeys(asking)[scope], circuit: { code, openUntil } }
}

/** The circuit that stays open longest at `now`; undefined when none is open. */
export function longestOpen(circuits: (OpenCircuit | undefined)[], now: Date): OpenCircuit | undefined {
  return circuits
    .filter((circuit) => circuit !== undefined)
    .filter(({ openUntil }) => openUntil > now)
    .toSorted((a, b) => b.openUntil.getTime() - a.openUntil.getTime())[0]
}
