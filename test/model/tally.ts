import type { Mechanisms } from './mechanisms.ts'
import { SCENARIOS, type ScenarioName } from './scenarios.ts'
import { simulate } from './simulate.ts'
import type { Kind } from './violations.ts'

/** Some worlds, one after the other. */
export type Job = {
  scenario: ScenarioName
  change: Partial<Mechanisms>
  seed: number
  /** Numbers of the first photo, and of the one after the last. */
  from: number
  to: number
}

/** What came of them: of each violation in how many worlds, and the first photo. */
export type Tally = {
  photos: number
  uploads: number
  deliveries: number
  crashes: number
  steps: number
  paid: number
  crashed: number
  gaveUp: number
  violations: Partial<Record<Kind, { worlds: number; first: number }>>
}

export function emptyTally(): Tally {
  return {
    photos: 0,
    uploads: 0,
    deliveries: 0,
    crashes: 0,
    steps: 0,
    paid: 0,
    crashed: 0,
    gaveUp: 0,
    violations: {},
  }
}

/** @param untilViolation stops at the first world that breaks a promise */
export function runJob({ scenario, change, seed, from, to }: Job, untilViolation = false): Tally {
  const tally = emptyTally()
  for (let photo = from; photo < to; photo++) {
    const result = simulate(SCENARIOS[scenario], change, seed, photo)
    tally.photos += 1
    tally.uploads += result.uploads
    tally.deliveries += result.deliveries
    tally.crashes += result.crashes
    tally.steps += result.steps
    tally.paid += result.paid
    if (result.endedAtCap === 'crashed') tally.crashed += 1
    if (result.endedAtCap === 'gave-up') tally.gaveUp += 1
    for (const kind of result.violations) {
      const found = (tally.violations[kind] ??= { worlds: 0, first: photo })
      found.worlds += 1
    }
    if (untilViolation && result.violations.length > 0) break
  }
  return tally
}

export function addTally(sum: Tally, other: Tally): Tally {
  const violations = { ...sum.violations }
  for (const [kind, { worlds, first }] of Object.entries(other.violations)) {
    const known = violations[kind as Kind]
    violations[kind as Kind] = known
      ? { worlds: known.worlds + worlds, first: Math.min(known.first, first) }
      : { worlds, first }
  }
  return {
    photos: sum.photos + other.photos,
    uploads: sum.uploads + other.uploads,
    deliveries: sum.deliveries + other.deliveries,
    crashes: sum.crashes + other.crashes,
    steps: sum.steps + other.steps,
    paid: sum.paid + other.paid,
    crashed: sum.crashed + other.crashed,
    gaveUp: sum.gaveUp + other.gaveUp,
    violations,
  }
}

export function meanPaid({ paid, steps }: Tally): number {
  return paid / Math.max(1, steps)
}

export function hasViolations({ violations }: Tally): boolean {
  return Object.keys(violations).length > 0
}

/**
 * What a mutation has done to worlds that are the same otherwise: the promises that it broke, or else what it cost more. Where promises are
 * broken without it too, it counts from a tenth more; costs from 2 % more paid calls, or half as many photos again that ended at a cap.
 */
export function consequencesOf(mutated: Tally, usual: Tally): string[] {
  const broken: string[] = []
  for (const [kind, { worlds, first }] of Object.entries(mutated.violations)) {
    const anyway = usual.violations[kind as Kind]?.worlds ?? 0
    if (worlds <= anyway * 1.1) continue
    broken.push(`${kind} ${worlds} ${anyway > 0 ? `instead of ${anyway}` : `(first: photo ${first})`}`)
  }
  if (broken.length > 0) return broken
  const costs: string[] = []
  const [paid, usuallyPaid] = [meanPaid(mutated), meanPaid(usual)]
  if (paid > usuallyPaid * 1.02)
    costs.push(`mean paid ${paid.toFixed(3)} instead of ${usuallyPaid.toFixed(3)}`)
  const [capped, usuallyCapped] = [mutated.crashed + mutated.gaveUp, usual.crashed + usual.gaveUp]
  if (capped > usuallyCapped * 1.5) costs.push(`${capped} instead of ${usuallyCapped} ended at a cap`)
  return costs
}
