import type { ErrorCode, VisionError } from '../errors.ts'
import { nextPacificMidnight } from './pacific-midnight.ts'
import { isAboutFile } from './service-error.ts'
import type { VisionModel } from './vision-model.ts'

/** Until when no request may be sent, and the failure that says why. */
export type OpenCircuit = { code: ErrorCode; openUntil: Date }

/**
 * What the instances tell each other of a model service that answers nobody. Keys are safe as document ids. Adapters: `stores/*-circuit.ts`.
 */
export interface CircuitStore {
  /** What was written last, also when its time is over. @throws VisionError `storage-unavailable` */
  read(key: string): Promise<OpenCircuit | undefined>
  /** @throws VisionError `storage-unavailable` */
  open(key: string, circuit: OpenCircuit, now: Date): Promise<void>
}

/** Who is asked. */
export type Asking = { provider: VisionModel['provider']; model: string }

const MINUTE_MS = 60_000
/** What somebody has to mend: so long until one more request finds out whether they have. */
const MENDING_MS = 5 * MINUTE_MS
const BUDGET_MS = 60 * MINUTE_MS
/** However long the service asks to wait for money: once a day it is asked whether there is some. */
const LONGEST_MS = 24 * 60 * MINUTE_MS

/** The circuits that a request has to pass: its provider's, and its model's. */
export function circuitKeys({ provider, model }: Asking): { provider: string; model: string } {
  return { provider, model: `${provider}:${encodeURIComponent(model)}` }
}

/**
 * Which circuit a failure opens, and until when: one that says that the service will answer nobody else either. Others open none, nor does
 * one that is about a request's own file.
 */
export function decideOpening(
  failure: VisionError,
  asking: Asking,
  now: Date,
): { key: string; circuit: OpenCircuit } | undefined {
  if (isAboutFile(failure)) return undefined
  const keys = circuitKeys(asking)
  const { code } = failure
  const after = (ms: number) => ({ code, openUntil: new Date(now.getTime() + ms) })
  switch (code) {
    case 'model-misconfigured':
      return { key: keys.provider, circuit: after(MENDING_MS) }
    case 'model-not-found':
      return { key: keys.model, circuit: after(MENDING_MS) }
    case 'model-budget-spent':
      return { key: keys.provider, circuit: after(Math.min(failure.retryAfterMs ?? BUDGET_MS, LONGEST_MS)) }
    case 'model-day-limit': {
      // Clocks differ: just before midnight, it is over for the service later than for us.
      const untilReset = nextPacificMidnight(now).getTime() - now.getTime()
      return { key: keys.model, circuit: after(Math.max(untilReset, MENDING_MS)) }
    }
    default:
      return undefined
  }
}

/** The circuit that stays open longest at `now`; undefined when none is open. */
export function longestOpen(circuits: (OpenCircuit | undefined)[], now: Date): OpenCircuit | undefined {
  return circuits
    .filter((circuit) => circuit !== undefined)
    .filter(({ openUntil }) => openUntil > now)
    .toSorted((a, b) => b.openUntil.getTime() - a.openUntil.getTime())[0]
}
