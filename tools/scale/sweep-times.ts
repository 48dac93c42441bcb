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
