import type { Config } from '../config/config.ts'
import type { Photo } from '../document/annotation.ts'
import { imageIdOf, uploadPattern } from '../document/storage-paths.ts'
import { annotateImage } from '../pipeline/annotate-image.ts'
import type { Outcome } from '../pipeline/annotation-run.ts'
import type { RunTrigger } from '../pipeline/start-run.ts'
import type { Services } from '../ports/services.ts'
import type { QueuedPhoto } from '../ports/upkeep.ts'
import { countEnded, isWanted } from './backfill.ts'
import { removeDeletedPhoto } from './scan-documents.ts'

export type QueueTrigger = Pick<RunTrigger, 'limits' | 'serviceTier'>

/**
 * Annotates a queued photo: the live generation of its name, with the same claim as an event.
 * @param tries how often this task was attempted before
 * @param trigger time limits and service tier of the queue. Default: those of an event
 * @returns without a photo if the object is no upload of this instance, and undefined if there is nothing to
 *   do: the photo was deleted before, or its backfill was stopped
 * @throws as `annotateImage`: the queue retries a few times, then the next sweep queues the photo again
 */
export async function annotateQueued(
  { bucket, name, backfill, retry }: QueuedPhoto,
  services: Services,
  config: Config,
  tries = 0,
  trigger: QueueTrigger = {},
): Promise<{ photo?: Photo; outcome: Outcome } | undefined> {
  const match = uploadPattern(config.uploadPath)(name)
  // Not an error: the queue would retry the task, which can never succeed here.
  if (!match || bucket !== services.bucket) return { outcome: { ended: 'skipped', reason: 'not-own' } }
  if (backfill !== undefined && !(await isWanted(backfill, services))) return undefined
  const imageId = imageIdOf(bucket, name)
  // Read the document before the upload: then a photo that is uploaded in between is not removed.
  const known = (await services.upkeep.annotations.find([imageId])).get(imageId)
  const photo = await services.photos.findUpload(bucket, name, match.owner)
  if (photo) {
    // Only the first attempt of a task may rerun a finished photo, or each retry would be billed again.
    const again = retry && tries === 0 ? ('unless-succeeded' as const) : undefined
    const outcome = await annotateImage(photo, services, config, { ...trigger, again })
    if (backfill !== undefined && outcome.ended === 'finished')
      await countEnded(backfill, outcome.status, services)
    return { photo, outcome }
  }
  if (!known || known.status === 'deleted') return undefined
  const photoGone = await removeDeletedPhoto(known, services)
  return { photo: photoGone, outcome: { ended: 'finished', status: 'deleted', timingsMs: {} } }
}
