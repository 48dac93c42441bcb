import type { CircuitStore, OpenCircuit } from '../../ports/circuit-store.ts'

/** Circuits in memory, for tests and local runs. */
export function memoryCircuit(): CircuitStore & { circuits: Map<string, OpenCircuit> } {
  const circuits = new Map<string, OpenCircuit>()
  return {
    circuits,
    async read(key) {
      return circuits.get(key)
    },
    async open(key, circuit) {
      circuits.set(key, circuit)
    },
  }
}
