import { dollars, IN_2026, IN_2027 } from './cost/figures.ts'
import { priceOfUnits, type Unit } from './cost/services.ts'
import { table } from './docs-table.ts'
import { LIMITS } from './scale/limits.ts'
import {
  type Capacity,
  capacities,
  DAY_SECONDS,
  demandOf,
  modelDollars,
  STORED_BYTES,
} from './scale/rates.ts'
import { scanTimes } from './scale/sweep-times.ts'
import { dollarsOf, loadSweeps, type Operations, operationsOf, type SweepKind } from './scale/sweeps.ts'

const LIBRARIES = [10_000, 1_000_000, 100_000_000]
const RATES = [1, 100, 1000]
/** For the times of scans. Each has at least the uploads of a day of some rate. */
const SCANNED = [1_000_000, 10_000_000, 100_000_000, 1_000_000_000]
/** Sweeps of a month. The full scan runs once. */
const DAYS = 30
const IDLE_SWEEPS = DAYS * 24 * 6

/** The tables of docs/scale.md. */
export const scaleTables: Record<string, () => string> = {
  summary,
  bottlenecks,
  rates,
  rateCosts,
  sweeps,
  libraryCosts,
  scans,
  total,
  limits,
}

const SWEEP_UNITS: [Unit, string][] = [
  ['firestoreReads', 'Document reads'],
  ['firestoreWrites', 'Document writes'],
  ['storageClassA', 'List requests (class A)'],
  ['storageClassB', 'Lookups of objects (class B)'],
]

/** The answer for each rate and each library, in one line. */
function summary(): string {
  const rateRows = RATES.map((rate) => {
    const { photosPerMonth, operationDollars, instanceDollars } = demandOf(rate)
    const model = photosPerMonth * modelDollars(IN_2026)
    return [
      `${number(rate)} ${rate === 1 ? 'upload' : 'uploads'} a second`,
      namesOf(exceeded(rate, 'raised')) || namesOf(exceeded(rate, 'byDefault')),
      `${whole(model)} for the model (2026), ${whole(operationDollars + instanceDollars)} for the rest`,
      parametersOf(exceeded(rate, 'byDefault')),
    ]
  })
  const libraryRows = LIBRARIES.map((photos) => {
    const newPerDay = photos / 100
    const { daily, full } = sweepDollars(photos, newPerDay)
    const rate = newPerDay / DAY_SECONDS
    const scanLimits = scanTimes(photos, newPerDay).limits
    const reached = [...exceeded(rate, 'byDefault'), ...scanLimits]
    return [
      `${number(photos)} photos, ${number(newPerDay)} new a day`,
      namesOf([...exceeded(rate, 'raised'), ...scanLimits]) || namesOf(reached) || 'none',
      `${money(storageDollars(photos))} for storage, ${money(daily + full)} for sweeps`,
      parametersOf(reached),
    ]
  })
  return table(
    ['Scale', 'Limit that is reached', 'Dollars a month', 'Parameters to raise'],
    [...rateRows, ...libraryRows],
  )
}

function exceeded(rate: number, of: 'byDefault' | 'raised'): Capacity[] {
  return capacities().filter((capacity) => (capacity[of] ?? Infinity) < rate)
}

function namesOf(found: readonly { name: string }[]): string {
  return found.map(({ name }) => name).join('; ')
}

function parametersOf(found: readonly { parameter?: string }[]): string {
  return [...new Set(found.flatMap(({ parameter }) => parameter ?? []))].join(', ') || 'none'
}

function bottlenecks(): string {
  const rows = capacities()
    .toSorted((a, b) => a.byDefault - b.byDefault)
    .map(({ name, demand, byDefault, raised, raise }) => [
      name,
      demand,
      number(byDefault),
      raised === undefined ? 'no limit' : number(raised),
      raise,
    ])
  return table(['Limit', 'Need', 'Photos a second by default', 'At most', 'Raise'], rows)
}

function rates(): string {
  const rows = RATES.map((rate) => {
    const demand = demandOf(rate)
    return [
      number(rate),
      number(demand.photosPerDay),
      number(demand.inFlight),
      number(demand.instances),
      number(demand.documentWrites),
      number(demand.objectWrites),
      number(demand.requestsPerMinute),
      number(demand.tokensPerMinute / 1e6),
      namesOf(exceeded(rate, 'byDefault')) || 'none',
      namesOf(exceeded(rate, 'raised')) || 'none',
    ]
  })
  return table(
    [
      'Uploads a second',
      'Photos a day',
      'In work at a time',
      'Instances',
      'Document writes a second',
      'Object writes a second',
      'Model requests a minute',
      'Million tokens a minute',
      'Above the default of',
      'Above the maximum of',
    ],
    rows,
  )
}

function rateCosts(): string {
  const rows = RATES.map((rate) => {
    const { photosPerMonth, operationDollars, instanceDollars } = demandOf(rate)
    return [
      number(rate),
      number(photosPerMonth / 1e6),
      whole(photosPerMonth * modelDollars(IN_2026)),
      whole(photosPerMonth * modelDollars(IN_2027)),
      whole(operationDollars),
      whole(instanceDollars),
      whole(operationDollars + instanceDollars),
    ]
  })
  return table(
    [
      'Uploads a second',
      'Million photos a month',
      'Model, 2026',
      'Model, January 2027',
      'Firestore, Storage, invocations',
      'Instances',
      'Together without the model',
    ],
    rows,
  )
}

const KINDS: [SweepKind, string][] = [
  ['idle', 'every ten minutes'],
  ['daily', 'once a day'],
  ['full', 'full scan'],
]

function sweeps(): string {
  const { before, libraries } = loadSweeps()
  const row = (name: string, operations: Operations) => [
    name,
    ...SWEEP_UNITS.map(([unit]) => number(operations[unit] ?? 0)),
    dollars(dollarsOf(operations)),
  ]
  const rows = libraries
    .filter(({ photos }) => photos >= LIBRARIES[0]!)
    .flatMap(({ photos, newPhotos, ...counts }) =>
      KINDS.map(([kind, name]) =>
        row(
          `${number(photos)} photos, ${name}${kind === 'daily' ? `, ${number(newPhotos)} of them new` : ''}`,
          counts[kind],
        ),
      ),
    )
  const was = row(
    `before: ${number(before.photos)} photos, once a day, ${number(before.newPhotos)} of them new`,
    before.daily,
  )
  return table(['Sweep', ...SWEEP_UNITS.map(([, name]) => name), 'Dollars'], [...rows, was])
}

/** Sweeps of a month, with `newPerDay` uploads. */
function sweepDollars(photos: number, newPerDay: number) {
  return {
    daily:
      DAYS * dollarsOf(operationsOf('daily', photos, newPerDay)) +
      IDLE_SWEEPS * dollarsOf(operationsOf('idle', photos, 0)),
    full: dollarsOf(operationsOf('full', photos, 0)),
  }
}

function storageDollars(photos: number): number {
  return priceOfUnits('storageGibMonths', (photos * STORED_BYTES) / 2 ** 30)
}

function libraryCosts(): string {
  const rows = LIBRARIES.map((photos) => {
    const { daily, full } = sweepDollars(photos, photos / 100)
    const before = (DAYS * dollarsOf(loadSweeps().before.daily) * photos) / loadSweeps().before.photos
    const scanned = scanTimes(photos, photos / 100)
    const cells = [storageDollars(photos), daily, full, before].map(money)
    return [number(photos), ...cells, hours(scanned.daily), hours(scanned.full)]
  })
  return table(
    [
      'Stored photos',
      'Storage of photos and results',
      'Daily sweeps',
      'Full scan',
      'Sweeps before',
      'Time of the daily scan',
      'Time of the full scan',
    ],
    rows,
  )
}

/** Combinations with at least the uploads of a day. */
function scans(): string {
  const rows = SCANNED.flatMap((photos) =>
    RATES.filter((rate) => rate * DAY_SECONDS <= photos).map((rate) => {
      const { daily, full, limits: reached } = scanTimes(photos, rate * DAY_SECONDS)
      const raise = reached.map((limit) => limit.raise).join('; ')
      return [
        number(photos),
        number(rate),
        hours(daily),
        hours(full),
        namesOf(reached) || 'none',
        raise || '-',
      ]
    }),
  )
  return table(
    ['Stored photos', 'Uploads a second', 'Daily scan', 'Full scan', 'Limit that is reached', 'Raise'],
    rows,
  )
}

function total(): string {
  const rows = LIBRARIES.map((photos) => [
    `${number(photos)} photos`,
    ...RATES.map((rate) => {
      const { daily, full } = sweepDollars(photos, rate * DAY_SECONDS)
      const { operationDollars, instanceDollars } = demandOf(rate)
      return whole(storageDollars(photos) + daily + full + operationDollars + instanceDollars)
    }),
  ])
  return table(
    [
      'Stored',
      ...RATES.map((rate) => (rate === 1 ? '1 upload a second' : `${number(rate)} uploads a second`)),
    ],
    rows,
  )
}

function limits(): string {
  return table(
    ['Service', 'Limit', 'Source', 'Read', 'Remark'],
    Object.values(LIMITS).map(({ service, limit, source, read, verified, note }) => [
      service,
      limit,
      source,
      read,
      verified ? note : `**Not verified.** ${note}`,
    ]),
  )
}

function number(value: number): string {
  const digits = value >= 10 || Number.isInteger(value) ? 0 : value >= 1 ? 1 : 2
  return value.toLocaleString('en', { maximumFractionDigits: digits })
}

function hours(value: number): string {
  return value < 1 ? `${Math.ceil(value * 60)} min` : `${number(value)} h`
}

function money(usd: number): string {
  return usd < 10 ? dollars(usd) : whole(usd)
}

function whole(usd: number): string {
  const precision = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(usd, 1))) - 2)
  return (Math.round(usd / precision) * precision).toLocaleString('en')
}
