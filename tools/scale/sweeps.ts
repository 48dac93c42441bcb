import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { priceOfUnits, UNIT_PRICES, type Unit } from '../cost/services.ts'
import { root } from '../paths.ts'

export type Operations = Partial<Record<Unit, number>>

/** `bench/scale/simulate-sweeps.ts` describes the kinds of sweeps. */
export type Library = {
  photos: number
  newPhotos: number
  full: Operations
  idle: Operations
  quiet: Operations
  daily: Operations
}

/**
 * `outputBucket`: libraries with the results in a bucket of their own. `before`: with the version that scanned
 * everything once a day.
 */
export type Sweeps = { before: Library; libraries: Library[]; outputBucket: Library[] }

/** Written by `npm run measure:scale`. A test counts the smallest libraries again. */
export const SWEEPS_FILE = join(root, 'docs/scale/sweeps.json')

export function loadSweeps(): Sweeps {
  return JSON.parse(readFileSync(SWEEPS_FILE, 'utf8')) as Sweeps
}

export function dollarsOf(operations: Operations): number {
  return Object.entries(operations).reduce((sum, [unit, count]) => sum + priceOfUnits(unit as Unit, count), 0)
}

export type SweepKind = 'full' | 'idle' | 'quiet' | 'daily'

/** The operations of a sweep of any library: they grow linearly with its photos, and with its new photos. */
export function operationsOf(kind: SweepKind, photos: number, newPhotos: number): Operations {
  const { libraries } = loadSweeps()
  const [small, large] = [libraries[0]!, libraries.at(-1)!]
  const perNew = (unit: Unit) => at(large, 'daily', unit, 'quiet') / large.newPhotos
  const entries = (Object.keys(UNIT_PRICES) as Unit[]).map((unit): [Unit, number] => {
    const base = kind === 'daily' ? 'quiet' : kind
    const slope = ((large[base][unit] ?? 0) - (small[base][unit] ?? 0)) / (large.photos - small.photos)
    const constant = (large[base][unit] ?? 0) - slope * large.photos
    const added = kind === 'daily' ? perNew(unit) * newPhotos : 0
    return [unit, Math.max(0, Math.round(constant + slope * photos + added))]
  })
  return Object.fromEntries(entries.filter(([, count]) => count > 0))
}

function at(library: Library, kind: SweepKind, unit: Unit, less: SweepKind): number {
  return (library[kind][unit] ?? 0) - (library[less][unit] ?? 0)
}
