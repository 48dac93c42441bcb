import { type Capacity, capacities } from './rates.ts'

export function exceeded(rate: number, of: 'byDefault' | 'raised'): Capacity[] {
  return capacities().filter((capacity) => (capacity[of] ?? Infinity) < rate)
}

export function namesOf(found: readonly { name: string }[]): string {
  return found.map(({ name }) => name).join('; ')
}

export function parametersOf(found: readonly { parameter?: string }[]): string {
  return [...new Set(found.flatMap(({ parameter }) => parameter ?? []))].join(', ') || 'none'
}
