import type { Mechanisms } from './mechanisms.ts'
import type { ScenarioName } from './scenarios.ts'
import type { WorldResult } from './simulate.ts'
import type { Kind } from './violations.ts'

/** A range of photos of one scenario. */
export type Job = {
  scenario: ScenarioName
  change: Partial<Mechanisms>
  seed: number
  /** Number of the first photo, and of the one after the last. */
  from: number
  to: number
  /** Stops after the first violation. */
  untilViolation?: boolean
}

/** Sums over photos. `violations`: the number of photos with each kind, and the first such photo. */
export type Tally = {
  photos: number
  uploads: number
  deliveries: number
  crashes: number
  steps: number
  billed: number
  crashed: number
  gaveUp: number
  violations: Partial<Record<Kind, { photos: number; first: number }>>
}

export function emptyTally(): Tally {
  return {
    photos: 0,
    uploads: 0,
    deliveries: 0,
    crashes: 0,
    steps: 0,
    billed: 0,
    crashed: 0,
    gaveUp: 0,
    violations: {},
  }
}

export function tallyOf(photo: number, { endedAtLimit, violations, ...counts }: WorldResult): Tally {
  return {
    ...counts,
    photos: 1,
    crashed: endedAtLimit === 'crashed' ? 1 : 0,
    gaveUp: endedAtLimit === 'gave-up' ? 1 : 0,
    violations: Object.fromEntries(violations.map((kind) => [kind, { photos: 1, first: photo }])),
  }
}

export function addTally(sum: Tally, other: Tally): Tally {
  const violations = { ...sum.violations }
  for (const [kind, { photos, first }] of Object.entries(other.violations)) {
    const known = violations[kind as Kind] ?? { photos: 0, first }
    violations[kind as Kind] = { photos: known.photos + photos, first: Math.min(known.first, first) }
  }
  const total = { ...emptyTally(), violations }
  for (const name of Object.keys(total) as (keyof Tally)[])
    if (name !== 'violations') total[name] = sum[name] + other[name]
  return total
}

/** Billed requests per step, in the mean. */
export function meanBilled({ billed, steps }: Tally): number {
  return billed / Math.max(1, steps)
}

export function hasViolations({ violations }: Tally): boolean {
  return Object.keys(violations).length > 0
}

/**
 * What a mutation did, compared with the same photos without it: broken promises, or else higher costs.
 * Violations that occur anyway must rise by a tenth, billed requests by 2 %, and photos that ended at a limit
 * by half.
 */
export function consequencesOf(mutated: Tally, usual: Tally): string[] {
  const broken: string[] = []
  for (const [kind, { photos, first }] of Object.entries(mutated.violations)) {
    const anyway = usual.violations[kind as Kind]?.photos ?? 0
    if (photos <= anyway * 1.1) continue
    broken.push(`${kind} ${photos} ${anyway > 0 ? `instead of ${anyway}` : `(first: photo ${first})`}`)
  }
  if (broken.length > 0) return broken
  const costs: string[] = []
  const [billed, usuallyBilled] = [meanBilled(mutated), meanBilled(usual)]
  if (billed > usuallyBilled * 1.02)
    costs.push(`mean billed ${billed.toFixed(3)} instead of ${usuallyBilled.toFixed(3)}`)
  const [limited, usuallyLimited] = [mutated.crashed + mutated.gaveUp, usual.crashed + usual.gaveUp]
  if (limited > usuallyLimited * 1.5) costs.push(`${limited} instead of ${usuallyLimited} ended at a limit`)
  return costs
}
