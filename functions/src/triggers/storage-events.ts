import * as logger from 'firebase-functions/logger'
import type { StorageEvent } from 'firebase-functions/storage'
import { geminiApiKey } from '../config/params.ts'
import { readConfig } from '../config/read-config.ts'
import { photoOf } from '../document/photo-of.ts'
import { asVisionError } from '../errors.ts'
import { annotateImage, removeAnnotation } from '../pipeline/annotate-image.ts'
import { isLastDelivery } from '../pipeline/annotate-upload.ts'
import { getServices } from '../services.ts'
import { logRun } from './log-run.ts'

export async function handleImageUploaded(event: StorageEvent): Promise<void> {
  const config = readConfig()
  const photo = photoOf(event.data, config)
  if (!photo) return
  const { imageId, generation } = photo
  await logRun({ imageId, generation, eventId: event.id }, async () => {
    const services = await getServices(config, geminiApiKey)
    const isLast = isLastDelivery(event, services)
    return { photo, outcome: await annotateImage(photo, services, config, { isLast }) }
  })
}

export async function handleImageDeleted(event: StorageEvent): Promise<void> {
  const config = readConfig()
  // It may have been annotated before its folder was excluded.
  const photo = photoOf(event.data, { ...config, includePaths: [], excludePaths: [] })
  if (!photo) return
  const services = await getServices(config, geminiApiKey)
  const { deleted, left, failure } = await removeAnnotation(photo, services)
  const { imageId, generation } = photo
  const line = { imageId, generation, eventId: event.id, deletedCopies: deleted, copiesLeft: left }
  if (left === 0) logger.info('results removed', line)
  else logger.warn('results removed', { ...line, code: asVisionError(failure)?.code ?? 'internal' })
}
