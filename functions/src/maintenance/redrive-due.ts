import { MAX_DEFERRAL_MS } from '../config/time-limits.ts'
import type { Services } from '../ports/services.ts'
import { queuePhoto } from './queue-photo.ts'
import type { SweepReport } from './sweep-report.ts'

/** Photos queued in one sweep: what a queue at its usual rate works off before the next. */
const MOST = 1000

/** Queues the photos that should have ended by now, the longest overdue first. */
export async function redriveDue(
  { upkeep, now, bucket }: Services,
  report: SweepReport,
  { hasTime, allDeferred }: { hasTime: () => boolean; allDeferred: boolean },
): Promise<void> {
  const time = now()
  const until = allDeferred ? new Date(time.getTime() + MAX_DEFERRAL_MS) : time
  for (const entry of await upkeep.annotations.due(until, MOST)) {
    // Of those that are not due, only they wait for something that may have been mended.
    if (entry.status !== 'deferred' && entry.dueAt && entry.dueAt > time) continue
    if (!hasTime()) return
    // Photos of another bucket have functions of their own.
    if (entry.bucket !== bucket) continue
    const state = `due${entry.dueAt?.getTime() ?? 0}`
    await queuePhoto(entry, state, time, upkeep, report, 'redriven')
  }
}
