import { imageIdOf } from '../document/storage-paths.ts'
import type { Upkeep } from '../ports/upkeep.ts'
import type { SweepReport } from './sweep-report.ts'

const HOUR_MS = 3600 * 1000

/**
 * Queues a photo under an id that says why: a state of a document, or a generation of an upload, is queued once, however many sweeps find it.
 * Once an hour, since a task that was dropped after its last try must not stand in the way for longer.
 */
export async function queuePhoto(
  { bucket, name, generation }: { bucket: string; name: string; generation: string },
  state: string,
  now: Date,
  { queue }: Upkeep,
  report: SweepReport,
  counter: 'redriven' | 'queued',
): Promise<void> {
  const hour = Math.floor(now.getTime() / HOUR_MS)
  const id = `${imageIdOf(bucket, name)}-${generation}-${state}-${hour}`
  const outcome = await queue.enqueue({ bucket, name }, id)
  report[outcome === 'known' ? 'known' : counter]++
}
