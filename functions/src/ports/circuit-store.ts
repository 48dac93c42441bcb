import type { ErrorCode } from '../errors.ts'

/** Until when no request may be sent, and the failure that says why. */
export type OpenCircuit = { code: ErrorCode; openUntil: Date }

/**
 * What the instances tell each other of a model service that answers nobody. Keys are safe as document ids.
 * Adapters: `stores/*-circuit.ts`.
 */
export interface CircuitStore {
  /** What was written last, also when its time is over. @throws VisionError `storage-unavailable` */
  read(key: string): Promise<OpenCircuit | undefined>
  /** @throws VisionError `storage-unavailable` */
  open(key: string, circuit: OpenCircuit, now: Date): Promise<void>
}
