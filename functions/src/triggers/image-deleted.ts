import * as logger from 'firebase-functions/logger'
import type { StorageEvent } from 'firebase-functions/storage'
import { GEMINI_API_KEY } from '../config/params.ts'
import { readConfig } from '../config/read-config.ts'
import { removeAnnotation } from '../pipeline/annotate-image.ts'
import { getServices } from '../services.ts'
import { photoOf } from './photo-event.ts'

export async function handleImageDeleted(event: StorageEvent): Promise<void> {
  const config = readConfig()
  const photo = photoOf(event, config)
  if (!photo) return
  const services = await getServices(config, () => GEMINI_API_KEY.value())
  await removeAnnotation(photo, services)
  logger.info('results removed', { imageId: photo.imageId, generation: photo.generation, eventId: event.id })
}
