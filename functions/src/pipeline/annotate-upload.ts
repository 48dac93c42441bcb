import type { Config } from '../config/config.ts'
import { LAST_DELIVERY_MS } from '../config/time-limits.ts'
import { photoOf, type StoredPhoto } from '../document/photo-of.ts'
import type { Services } from '../ports/services.ts'
import { annotateImage } from './annotate-image.ts'
import type { Outcome } from './annotation-run.ts'

/** An event of `onObjectFinalized`. */
export type UploadEvent = { data: StoredPhoto; time: string }

/**
 * Annotates the photo of an event. Deploy the trigger with the options PHOTO_FUNCTION: a transient failure is
 * thrown, so that the event service delivers the event again.
 * @returns undefined if the object is no photo: its name does not match `uploadPath`
 * @throws VisionError as `annotateImage`
 */
export async function annotateUpload(
  event: UploadEvent,
  services: Services,
  config: Config,
): Promise<Outcome | undefined> {
  const photo = photoOf(event.data, config)
  if (!photo) return undefined
  return annotateImage(photo, services, config, { isLast: isLastDelivery(event, services) })
}

/** Whether the event service may not deliver the event again. */
export function isLastDelivery({ time }: { time: string }, { now }: Pick<Services, 'now'>): boolean {
  return now().getTime() - Date.parse(time) > LAST_DELIVERY_MS
}
