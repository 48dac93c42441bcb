import type { Config } from '../config/config.ts'
import { DAILY_SCAN_MS, SCAN_OVERLAP_MS } from '../config/time-limits.ts'
import { STATE_COLLECTIONS } from '../document/state-collections.ts'
import type { Services } from '../ports/services.ts'
import type { QueueRoom } from './queue-room.ts'
import { lastCompleted, runScan, type Scan, toBegin } from './run-scan.ts'
import { scanDocuments } from './scan-documents.ts'
import { objectScanner } from './scan-objects.ts'
import { scanPlaces } from './scan-places.ts'
import type { ScanPart } from './scan-segments.ts'
import { scanModelFiles } from './sweep-copies.ts'
import type { SweepReport } from './sweep-report.ts'
import type { TimeBudget } from './time-budget.ts'

/** The documents with the progress of the scans, so that the next sweep can continue them. */
const FULL = `${STATE_COLLECTIONS.upkeep}/sweep` as const
const DAILY = `${STATE_COLLECTIONS.upkeep}/daily` as const
const DAY_MS = 24 * 3600 * 1000
/** Of the time of a sweep, if the full scan is due too. A daily scan that takes a day would take all of it. */
const DAILY_SHARE = 2 / 3

/**
 * Runs the daily scan if it is due: lists all objects, and looks up only photos with objects that were created
 * since the last complete scan. Its reads grow with the traffic.
 * @returns whether it finished. Undefined if it was not due, or another sweep holds it
 */
export async function runDailyScan(
  services: Services,
  config: Config,
  report: SweepReport,
  budget: TimeBudget,
): Promise<boolean | undefined> {
  const time = services.now().getTime()
  const fullFound = await services.upkeep.progress.read(FULL)
  const fullCompleted = lastCompleted(fullFound)
  const isFullDue = toBegin(startOfFull(services, config, false), fullFound, services.now()) !== undefined
  const { hasTime } = isFullDue ? budget.share(DAILY_SHARE) : budget
  return runScan(
    {
      path: DAILY,
      hasTime,
      start: (found) => {
        const last = Math.max(found?.completed?.getTime() ?? 0, fullCompleted?.getTime() ?? 0)
        const lastStart = Math.max(found?.startedAt.getTime() ?? 0, fullCompleted?.getTime() ?? 0)
        // Before the first full scan there is nothing to compare with.
        if (last === 0 || time - lastStart < DAILY_SCAN_MS) return undefined
        return { since: new Date(last - SCAN_OVERLAP_MS) }
      },
      restart: false,
      places: placesOf('model files', services, config),
      parts: (since, room) => [
        modelFiles(services),
        ...objects(since, services, config, report, room, hasTime),
      ],
    },
    services,
  )
}

/**
 * Runs the full scan if it is due, every FULL_SCAN_DAYS: looks up all documents and all uploads. Uploads without
 * a document can wait for room in the queue, so they come last.
 * @param fromTheStart starts a scan from the beginning, also if none is due
 * @returns whether it finished. Undefined if it was not due, or another sweep holds it
 */
export async function runFullScan(
  services: Services,
  config: Config,
  report: SweepReport,
  { fromTheStart, hasTime }: { fromTheStart: boolean; hasTime: () => boolean },
): Promise<boolean | undefined> {
  const documents: ScanPart = {
    prefix: '',
    begin: () => async (segment, cursor) => scanDocuments(segment, cursor, services, config, report),
  }
  return runScan(
    {
      path: FULL,
      hasTime,
      ...startOfFull(services, config, fromTheStart),
      parts: (_, room) => [
        documents,
        modelFiles(services),
        ...objects(undefined, services, config, report, room, hasTime),
      ],
    },
    services,
  )
}

function startOfFull(
  services: Services,
  config: Config,
  fromTheStart: boolean,
): Pick<Scan, 'start' | 'restart' | 'places'> {
  const time = services.now().getTime()
  const isDue = (last: Date) => time - last.getTime() >= config.fullScanDays * DAY_MS
  return {
    start: (found) => (fromTheStart || !found || isDue(found.startedAt) ? {} : undefined),
    restart: fromTheStart,
    places: placesOf('documents, model files', services, config),
  }
}

/** @param first the parts before the objects, in their order */
function placesOf(first: string, { bucket }: Services, config: Config): string {
  const listed = scanPlaces(bucket, config).map((place) => `${place.bucket}/${place.prefix}`)
  return [config.imagesCollection, first, ...listed].join(', ')
}

function objects(
  since: Date | undefined,
  services: Services,
  config: Config,
  report: SweepReport,
  room: QueueRoom,
  hasTime: () => boolean,
): ScanPart[] {
  const scanner = objectScanner(since, services, config, report, room, hasTime)
  return scanPlaces(services.bucket, config).map(scanner)
}

function modelFiles(services: Services): ScanPart {
  return { begin: () => async (_, cursor) => scanModelFiles(cursor, services) }
}
