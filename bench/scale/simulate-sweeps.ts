import { readConfig } from '../../functions/src/config/read-config.ts'
import { sweep } from '../../functions/src/maintenance/sweep.ts'
import type { SweepReport } from '../../functions/src/maintenance/sweep-report.ts'
import { countingServices } from './counting-services.ts'
import { Counter, type Counts } from './counts.ts'
import { BUCKET, Library, OUTPUT_BUCKET } from './library.ts'

/**
 * The operations of sweeps. `full`: a scan of everything. `idle`: ten minutes later. `quiet`: a day later, without
 * a new photo. `daily`: on the second day with new photos.
 */
export type SweepCounts = { photos: number; newPhotos: number } & Record<SweepKind, Counts>
type SweepKind = 'full' | 'idle' | 'quiet' | 'daily'

const HOUR_MS = 3600 * 1000
const DAY_MS = 24 * HOUR_MS
const UPLOADED = new Date('2026-01-01T00:00:00Z')
const STARTED = new Date('2026-06-01T00:00:00Z')

/**
 * Counts the billed operations of sweeps with the production code, over a library that is computed.
 * @param outputBucket whether the results have a bucket of their own (OUTPUT_BUCKET)
 */
export async function simulateSweeps(
  photos: number,
  { outputBucket }: { outputBucket: boolean } = { outputBucket: false },
): Promise<SweepCounts> {
  const library = new Library(photos, UPLOADED, outputBucket ? OUTPUT_BUCKET : BUCKET)
  const counter = new Counter()
  let time = STARTED
  const services = countingServices(library, counter, () => time)
  const config = readConfig(outputBucket ? { OUTPUT_BUCKET } : {}, STARTED)
  async function run(): Promise<Counts> {
    const report = await sweep(services, config, { walk: 'when-due', budgetMs: Number.POSITIVE_INFINITY })
    checkReport(report)
    return counter.take()
  }
  const full = await run()
  time = after(time, HOUR_MS / 6)
  const idle = await run()
  time = after(time, DAY_MS)
  const quiet = await run()
  const nextDay = async () => {
    library.uploadNewPhotos(after(time, DAY_MS / 2))
    time = after(time, DAY_MS)
    return run()
  }
  // A daily scan looks at photos again that it has seen the day before.
  await nextDay()
  return { photos, newPhotos: library.newPhotos, full, idle, quiet, daily: await nextDay() }
}

function after(time: Date, ms: number): Date {
  return new Date(time.getTime() + ms)
}

/** Nothing was wrong, and every scan that was due has ended. */
function checkReport(report: SweepReport): void {
  if (Object.values(report).every((value) => value === 0 || value === true)) return
  throw new Error(
    `Cannot count: the sweep did not end, or it changed an intact library: ${JSON.stringify(report)}`,
  )
}
