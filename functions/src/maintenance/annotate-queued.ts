import type { Config } from '../config/config.ts'
import type { Photo } from '../document/annotation.ts'
import { imageIdOf, uploadPattern } from '../document/storage-paths.ts'
import { annotateImage, removeAnnotation } from '../pipeline/annotate-image.ts'
import type { Outcome } from '../pipeline/annotation-run.ts'
import type { QueuedPhoto } from '../ports/photo-queue.ts'
import type { Services } from '../ports/services.ts'
import { countEnded, isWanted } from './backfill.ts'
import { photoOfEntry } from './photo-of-entry.ts'

/**
 * The way of a photo that was queued: whatever is live under its name now, under the same claim as an event.
 * @param tries of this task before this one
 * @returns undefined when there is nothing to do: no photo of ours, or none that its backfill still wants
 * @throws as `annotateImage`: the queue tries again a few times, then the next sweep
 */
export async function annotateQueued(
  { bucket, name, backfill, retry }: QueuedPhoto,
  services: Services,
  config: Config,
  tries = 0,
): Promise<{ photo: Photo; outcome: Outcome } | undefined> {
  const match = uploadPattern(config.uploadPath)(name)
  if (!match || bucket !== services.bucket) return undefined
  if (backfill !== undefined && !(await isWanted(backfill, services))) return undefined
  const imageId = imageIdOf(bucket, name)
  // The document first: of what is uploaded after it was read, nothing is removed.
  const known = (await services.upkeep.annotations.find([imageId])).get(imageId)
  const photo = await services.photos.findUpload(bucket, name, match.owner)
  if (photo) {
    // Once for each task: what its first try has ended must not be begun, and paid, anew by the next.
    const again = retry && tries === 0 ? ('unless-succeeded' as const) : undefined
    const outcome = await annotateImage(photo, services, config, { again })
    if (backfill !== undefined && outcome.ended === 'finished')
      await countEnded(backfill, outcome.status, services)
    return { photo, outcome }
  }
  if (!known || known.status === 'deleted') return undefined
  const gone = photoOfEntry(known)
  await removeAnnotation(gone, services)
  return { photo: gone, outcome: { ended: 'finished', status: 'deleted', timingsMs: {} } }
}
