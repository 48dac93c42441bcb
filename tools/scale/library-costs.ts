import { priceOfUnits } from '../cost/services.ts'
import { STORED_BYTES } from './rates.ts'
import { dollarsOf, loadSweeps, operationsOf } from './sweeps.ts'

/** Sweeps of a month. The full scan runs once. */
const DAYS = 30
const IDLE_SWEEPS = DAYS * 24 * 6

/** Sweeps of a month, with `newPerDay` uploads. */
export function sweepDollars(photos: number, newPerDay: number) {
  return {
    daily:
      DAYS * dollarsOf(operationsOf('daily', photos, newPerDay)) +
      IDLE_SWEEPS * dollarsOf(operationsOf('idle', photos, 0)),
    full: dollarsOf(operationsOf('full', photos, 0)),
  }
}

/** Sweeps of a month with the version that scanned everything once a day. */
export function sweepDollarsBefore(photos: number): number {
  const { before } = loadSweeps()
  return (DAYS * dollarsOf(before.daily) * photos) / before.photos
}

export function storageDollars(photos: number): number {
  return priceOfUnits('storageGibMonths', (photos * STORED_BYTES) / 2 ** 30)
}
