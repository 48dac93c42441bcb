import { settings } from '../../functions/src/config/settings.ts'
import { operationsOf } from './sweeps.ts'

/** Assumed times of requests in seconds, as in the critical path (bench/path/latencies.ts). Not measured. */
const SECONDS = { list: 0.06, lookup: 0.04, documents: 0.03 }
/** What a scan requests at a time: ranges of names, documents in groups, uploads (functions/src/maintenance). */
const AT_A_TIME = { lists: 8, groups: 2, lookups: 80 }
const DOCUMENTS_IN_A_GROUP = 50
/** A sweep works for 7 of every 10 minutes. */
const WORKING = 0.7

/** Hours of the daily scan and of the full scan. The reading of documents and the lists alternate. */
export function scanHours(photos: number, newPerDay: number): { daily: number; full: number } {
  const daily = operationsOf('daily', photos, newPerDay)
  const full = operationsOf('full', photos, 0)
  const lists = (count: number | undefined) => ((count ?? 0) * SECONDS.list) / AT_A_TIME.lists
  const documents = (count: number | undefined) =>
    ((count ?? 0) / DOCUMENTS_IN_A_GROUP / AT_A_TIME.groups) * SECONDS.documents
  const lookups = ((full.storageClassB ?? 0) * SECONDS.lookup) / AT_A_TIME.lookups
  const hours = (seconds: number) => seconds / WORKING / 3600
  return {
    daily: hours(lists(daily.storageClassA) + documents(daily.firestoreReads)),
    full: hours(lists(full.storageClassA) + documents(full.firestoreReads) + lookups),
  }
}

/** A daily scan has a day. While the full scan is due, it gets at least this part of each sweep (scan.ts). */
const DAY_HOURS = 24
const LEAST_FULL_SHARE = 1 / 3

export type ScanLimit = { name: string; raise: string; parameter?: string }

/** Hours from the start of each scan to its end, and which of them takes longer than its interval. */
export function scanTimes(
  photos: number,
  newPerDay: number,
): { daily: number; full: number; limits: ScanLimit[] } {
  const { daily, full } = scanHours(photos, newPerDay)
  // The scans share the sweeps: a daily scan of 16 hours or more leaves a third to the full scan.
  const fullElapsed = full / Math.max(LEAST_FULL_SHARE, 1 - daily / DAY_HOURS)
  const { name, default: days } = settings.fullScanDays
  const limits: ScanLimit[] = []
  if (daily > DAY_HOURS) {
    limits.push({ name: 'Time of the daily scan (24 h)', raise: 'several instances, each with a bucket' })
  }
  if (fullElapsed > days * DAY_HOURS) {
    limits.push({
      name: `Time of the full scan (${days} days)`,
      raise: `\`${name}\``,
      parameter: `\`${name}\``,
    })
  }
  return { daily, full: fullElapsed, limits }
}
