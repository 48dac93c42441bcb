import type { Unit } from '../../tools/cost/services.ts'

/** Billed operations. */
export type Counts = Partial<Record<Unit, number>>

/** Counts operations as they are billed. */
export class Counter {
  private counted: Counts = {}

  add(unit: Unit, operations = 1): void {
    this.counted[unit] = (this.counted[unit] ?? 0) + operations
  }

  /** A query without results is billed as one read. https://firebase.google.com/docs/firestore/pricing, 2026-11 */
  query<T>(results: T[]): T[] {
    this.add('firestoreReads', Math.max(1, results.length))
    return results
  }

  /** The operations since the last call. */
  take(): Counts {
    const counts = this.counted
    this.counted = {}
    return counts
  }
}

/** The units of the tables. */
export const COUNTED_UNITS: [Unit, string][] = [
  ['firestoreReads', 'document reads'],
  ['firestoreWrites', 'writes'],
  ['firestoreDeletes', 'deletes'],
  ['storageClassA', 'Storage class A'],
  ['storageClassB', 'class B'],
]
