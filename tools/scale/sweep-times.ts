import { settings } from '../../functions/src/config/settings.ts'
import { type Operations, operationsOf } from './sweeps.ts'

/** Assumed times of requests in seconds, as in the critical path (bench/path/latencies.ts). Not measured. */
const SECONDS = { list: 0.06, lookup: 0.04, documents: 0.03 }
/** What a scan requests at a time: ranges of names, documents in groups, uploads (functions/src/maintenance). */
const AT_A_TIME = { lists: 8, groups: 2, lookups: 80 }
const DOCUMENTS_IN_A_GROUP = 50
/** A sweep works for 7 of every 10 minutes. */
const WORKING = 0.7

/** A daily scan has a day. While the full scan is due, it gets at least this part of each sweep (scan.ts). */
const DAY_HOURS = 24
const LEAST_FULL_SHARE = 1 / 3

export type ScanHours = { daily: number; full: number }
export type ScanLimit = { name: string; raise: string; parameter?: string }

/** Hours from the start of each scan to its end, and which of them takes longer than its interval. */
export function scanTimes(photos: number, newPerDay: number): ScanHours & { limits: ScanLimit[] } {
  const elapsed = elapsedHours(
    scanHours(operationsOf('daily', photos, newPerDay), operationsOf('full', photos, 0)),
  )
  return { ...elapsed, limits: scanLimits(elapsed) }
}

/** Hours of each scan alone. The reading of documents and the lists alternate. */
export function scanHours(daily: Operations, full: Operations): ScanHours {
  const lists = (count = 0) => (count * SECONDS.list) / AT_A_TIME.lists
  const documents = (count = 0) => (count / DOCUMENTS_IN_A_GROUP / AT_A_TIME.groups) * SECONDS.documents
  const lookups = (count = 0) => (count * SECONDS.lookup) / AT_A_TIME.lookups
  const hoursOf = ({ storageClassA, firestoreReads, storageClassB }: Operations) =>
    (lists(storageClassA) + documents(firestoreReads) + lookups(storageClassB)) / WORKING / 3600
  return { daily: hoursOf(daily), full: hoursOf(full) }
}

/** The scans share the sweeps: a daily scan of 16 hours or more leaves a third to the full scan. */
export function elapsedHours({ daily, full }: ScanHours): ScanHours {
  return { daily, full: full / Math.max(LEAST_FULL_SHARE, 1 - daily / DAY_HOURS) }
}

/** @param elapsed as of `elapsedHours()` */
export function scanLimits(elapsed: ScanHours): ScanLimit[] {
  const { name, default: days } = settings.fullScanDays
  const limits: ScanLimit[] = []
  if (elapsed.daily > DAY_HOURS) {
    limits.push({ name: 'Time of the daily scan (24 h)', raise: 'several instances, each with a bucket' })
  }
  if (elapsed.full > days * DAY_HOURS) {
    limits.push({
      name: `Time of the full scan (${days} days)`,
      raise: `\`${name}\``,
      parameter: `\`${name}\``,
    })
  }
  return limits
}
