import * as logger from 'firebase-functions/logger'
import type { StorageEvent } from 'firebase-functions/storage'
import { annotateImage } from '../annotate-image.ts'
import { asVisionError } from '../errors.ts'
import { GEMINI_API_KEY } from '../params.ts'
import { readConfig } from '../read-config.ts'
import { getServices } from '../services.ts'
import { OPERATORS_MATTER } from './operators.ts'
import { photoOf } from './photo-event.ts'

/** One line in the log a photo: never its name, bytes or what the model said. */
export async function handleImageUploaded(event: StorageEvent): Promise<void> {
  const config = readConfig()
  const photo = photoOf(event, config)
  if (!photo) return
  const about = { imageId: photo.imageId, generation: photo.generation, eventId: event.id }
  try {
    const services = await getServices(config, () => GEMINI_API_KEY.value())
    const outcome = await annotateImage(photo, services, config)
    const line = { ...about, ...outcome }
    if ('code' in outcome && OPERATORS_MATTER.has(outcome.code)) logger.error('photo annotated', line)
    else logger.info('photo annotated', line)
  } catch (error) {
    const failure = asVisionError(error)
    // Thrown on: the event comes again.
    if (failure) logger.warn('photo not annotated yet', { ...about, code: failure.code })
    throw error
  }
}
