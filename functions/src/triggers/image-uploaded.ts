import * as logger from 'firebase-functions/logger'
import type { StorageEvent } from 'firebase-functions/storage'
import { GEMINI_API_KEY } from '../config/params.ts'
import { readConfig } from '../config/read-config.ts'
import { LAST_DELIVERY_MS } from '../config/time-limits.ts'
import { asVisionError } from '../errors.ts'
import { annotateImage } from '../pipeline/annotate-image.ts'
import { getServices } from '../services.ts'
import { logOutcome } from './log-outcome.ts'
import { photoOf } from './photo-event.ts'

/** One line in the log a photo: never its name, bytes or what the model said. */
export async function handleImageUploaded(event: StorageEvent): Promise<void> {
  const config = readConfig()
  const photo = photoOf(event, config)
  if (!photo) return
  const about = { imageId: photo.imageId, generation: photo.generation, eventId: event.id }
  try {
    const services = await getServices(config, () => GEMINI_API_KEY.value())
    const isLast = services.now().getTime() - Date.parse(event.time) > LAST_DELIVERY_MS
    logOutcome(await annotateImage(photo, services, config, { isLast }), about)
  } catch (error) {
    const failure = asVisionError(error)
    // Thrown on: the event comes again.
    if (failure) logger.warn('photo not annotated yet', { ...about, code: failure.code })
    throw error
  }
}
