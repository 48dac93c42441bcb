import { dollars } from '../cost/figures.ts'
import type { Unit } from '../cost/services.ts'
import { table } from '../docs-table.ts'
import { hours, money, number, whole } from './formats.ts'
import { storageDollars, sweepDollars, sweepDollarsBefore } from './library-costs.ts'
import { DAY_SECONDS, demandOf } from './rates.ts'
import { namesOf } from './reached.ts'
import { scanTimes } from './sweep-times.ts'
import { dollarsOf, type Library, loadSweeps, type Operations, type SweepKind } from './sweeps.ts'
import { RATES } from './upload-tables.ts'

/** Stored photos. */
export const LIBRARIES = [10_000, 1_000_000, 100_000_000]
/** For the times of scans. Each has at least the uploads of a day of some rate. */
const SCANNED = [1_000_000, 10_000_000, 100_000_000, 1_000_000_000]

const SWEEP_UNITS: [Unit, string][] = [
  ['firestoreReads', 'Document reads'],
  ['firestoreWrites', 'Document writes'],
  ['storageClassA', 'List requests (class A)'],
  ['storageClassB', 'Lookups of objects (class B)'],
]

const KINDS: [SweepKind, string][] = [
  ['idle', 'every ten minutes'],
  ['daily', 'once a day'],
  ['full', 'full scan'],
]

/** The counted sweeps. Of results in a bucket of their own, only those that differ. */
export function sweeps(): string {
  const { before, libraries, outputBucket } = loadSweeps()
  const row = (name: string, operations: Operations) => [
    name,
    ...SWEEP_UNITS.map(([unit]) => number(operations[unit] ?? 0)),
    dollars(dollarsOf(operations)),
  ]
  const rowsOf = ({ photos, newPhotos, ...counts }: Library, remark: string) =>
    KINDS.filter(([kind]) => remark === '' || kind !== 'idle').map(([kind, name]) =>
      row(
        `${number(photos)} photos${remark}, ${name}${kind === 'daily' ? `, ${number(newPhotos)} of them new` : ''}`,
        counts[kind],
      ),
    )
  const isShown = ({ photos }: Library) => photos >= LIBRARIES[0]!
  const was = row(
    `before: ${number(before.photos)} photos, once a day, ${number(before.newPhotos)} of them new`,
    before.daily,
  )
  return table(
    ['Sweep', ...SWEEP_UNITS.map(([, name]) => name), 'Dollars'],
    [
      ...libraries.filter(isShown).flatMap((library) => rowsOf(library, '')),
      ...outputBucket.filter(isShown).flatMap((library) => rowsOf(library, ' with `OUTPUT_BUCKET`')),
      was,
    ],
  )
}

export function libraryCosts(): string {
  const rows = LIBRARIES.map((photos) => {
    const { daily, full } = sweepDollars(photos, photos / 100)
    const scanned = scanTimes(photos, photos / 100)
    const cells = [storageDollars(photos), daily, full, sweepDollarsBefore(photos)].map(money)
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
export function scans(): string {
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

export function total(): string {
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
