import type { ErrorCode } from '../errors.ts'

/** Until when no request is sent, and why. */
export type OpenCircuit = { code: ErrorCode; openUntil: Date }

/** Open circuits, shared by all instances. Keys are valid document ids. Adapters: `stores/*-circuit.ts`. */
export interface CircuitStore {
  /** The last opening, even if it is over. @throws VisionError `storage-unavailable` */
  read(key: string): Promise<OpenCircuit | undefined>
  /** @throws VisionError `storage-unavailable` */
  open(key: string, circuit: OpenCircuit, now: Date): Promise<void>
}
