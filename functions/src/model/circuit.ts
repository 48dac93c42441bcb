import { MAX_CIRCUIT_MS } from '../config/time-limits.ts'
import type { ErrorCode, VisionError } from '../errors.ts'
import type { OpenCircuit } from '../ports/circuit-store.ts'
import type { VisionModel } from '../ports/vision-model.ts'
import { isAboutFile } from './gemini/service-error.ts'
import { nextPacificMidnight } from './pacific-midnight.ts'

/** Who is asked. */
export type Asking = { provider: VisionModel['provider']; model: string }

const MINUTE_MS = 60_000
/** What somebody has to mend: so long until one more request finds out whether they have. */
const MENDING_MS = 5 * MINUTE_MS
const BUDGET_MS = 60 * MINUTE_MS

type Rule = { scope: 'provider' | 'model'; openMs: (failure: VisionError, now: Date) => number }

/** The failures that say that the service will answer nobody else either. */
const RULES: Partial<Record<ErrorCode, Rule>> = {
  'model-misconfigured': { scope: 'provider', openMs: () => MENDING_MS },
  'model-not-found': { scope: 'model', openMs: () => MENDING_MS },
  'model-budget-spent': {
    scope: 'provider',
    openMs: ({ retryAfterMs = BUDGET_MS }) => Math.min(retryAfterMs, MAX_CIRCUIT_MS),
  },
  'model-day-limit': {
    scope: 'model',
    // Clocks differ: when ours says that the day has just begun, the service's may not.
    openMs: (_, now) => Math.max(nextPacificMidnight(now).getTime() - now.getTime(), MENDING_MS),
  },
}

/** The circuits that a request has to pass: its provider's, and its model's. */
export function circuitKeys({ provider, model }: Asking): { provider: string; model: string } {
  return { provider, model: `${provider}:${encodeURIComponent(model)}` }
}

/**
 * Which circuit a failure opens, and until when. None if others may be answered nevertheless, as when it is about a file of this request.
 */
export function decideOpening(
  failure: VisionError,
  asking: Asking,
  now: Date,
): { key: string; circuit: OpenCircuit } | undefined {
  const { code } = failure
  const rule = RULES[code]
  if (!rule || isAboutFile(failure)) return undefined
  const openUntil = new Date(now.getTime() + rule.openMs(failure, now))
  return { key: circuitKeys(asking)[rule.scope], circuit: { code, openUntil } }
}

/** The circuit that stays open longest at `now`; undefined when none is open. */
export function longestOpen(circuits: (OpenCircuit | undefined)[], now: Date): OpenCircuit | undefined {
  return circuits
    .filter((circuit) => circuit !== undefined)
    .filter(({ openUntil }) => openUntil > now)
    .toSorted((a, b) => b.openUntil.getTime() - a.openUntil.getTime())[0]
}
