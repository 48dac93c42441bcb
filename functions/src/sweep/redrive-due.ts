import type { Services } from '../services.ts'
import { queuePhoto } from './queue-photo.ts'
import type { SweepReport } from './sweep-report.ts'

/** Photos queued in one sweep: what a queue at its usual rate works off before the next. */
const MOST = 1000

/** Queues the photos that should have ended by now, the longest overdue first. */
export async function redriveDue(
  { upkeep, now, bucket }: Services,
  report: SweepReport,
  hasTime: () => boolean,
): Promise<void> {
  const time = now()
  for (const entry of await upkeep.annotations.due(time, MOST)) {
    if (!hasTime()) return
    // Photos of another bucket have functions of their own.
    if (entry.bucket !== bucket) continue
    const state = `due${entry.dueAt?.getTime() ?? 0}`
    await queuePhoto(entry, state, time, upkeep, report, 'redriven')
  }
}
