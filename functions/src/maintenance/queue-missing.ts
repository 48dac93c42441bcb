import type { Status } from '../document/annotation.ts'
import { compareGenerations } from '../document/claim.ts'
import { imageIdOf } from '../document/storage-paths.ts'
import type { Services } from '../ports/services.ts'
import type { ListedObject, LiveEntry } from '../ports/upkeep.ts'
import type { KnownPhotos } from './known-photos.ts'
import type { QueueRoom } from './queue-room.ts'
import { queuePhoto, type SweepReport } from './sweep-report.ts'

/** The files of a photo that succeeded are as recent as its upload, so they were checked. */
const MAY_LACK_RESULTS = new Set<Status>(['partial', 'rejected', 'blocked', 'failed'])
/** Documents that are read before the room in the queue is checked again. One request of the Firestore adapter. */
const DOCUMENTS = 50

/**
 * `ended`: the documents of uploads whose run has ended and may have stored no results. `stoppedAt`: the name of
 * the first upload that was not checked, because the queue has enough work.
 */
export type Missing = { ended: LiveEntry[]; stoppedAt?: string }

/** Queues the uploads without a document, or with an older one, in the order of their names. */
export async function queueMissing(
  uploads: readonly ListedObject[],
  known: KnownPhotos,
  room: QueueRoom,
  { upkeep, bucket, now }: Pick<Services, 'upkeep' | 'bucket' | 'now'>,
  report: SweepReport,
): Promise<Missing> {
  const ended: LiveEntry[] = []
  const candidates = uploads
    .map(({ name, generation }) => ({ bucket, name, generation, imageId: imageIdOf(bucket, name) }))
    .filter(({ imageId, generation }) => isOlder(known.get(imageId), generation))
  for (let from = 0; from < candidates.length; from += DOCUMENTS) {
    const some = candidates.slice(from, from + DOCUMENTS)
    if (await room.isFull()) return { ended, stoppedAt: some[0]!.name }
    const entries = await upkeep.annotations.find(some.map(({ imageId }) => imageId))
    for (const { imageId, ...photo } of some) {
      const entry = entries.get(imageId)
      if (isOlder(entry?.generation, photo.generation)) {
        if (await room.isFull()) return { ended, stoppedAt: photo.name }
        const outcome = await queuePhoto(photo, 'upload', now(), upkeep.queue, report, 'queued')
        if (outcome === 'enqueued') room.count()
      } else if (entry && entry.status !== 'deleted' && MAY_LACK_RESULTS.has(entry.status)) {
        ended.push(entry)
      }
    }
  }
  return { ended }
}

/** Whether a document is missing or about an older generation. */
function isOlder(found: string | undefined, generation: string): boolean {
  return found === undefined || compareGenerations(found, generation) < 0
}
