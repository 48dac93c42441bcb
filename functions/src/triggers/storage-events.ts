import * as logger from 'firebase-functions/logger'
import type { StorageEvent } from 'firebase-functions/storage'
import type { Config } from '../config/config.ts'
import { geminiApiKey } from '../config/params.ts'
import { readConfig } from '../config/read-config.ts'
import { LAST_DELIVERY_MS } from '../config/time-limits.ts'
import type { Photo } from '../document/annotation.ts'
import { imageIdOf } from '../document/storage-paths.ts'
import { uploadSelector } from '../document/upload-selection.ts'
import { asVisionError } from '../errors.ts'
import { annotateImage, removeAnnotation } from '../pipeline/annotate-image.ts'
import { getServices } from '../services.ts'
import { logRun } from './log-run.ts'

export async function handleImageUploaded(event: StorageEvent): Promise<void> {
  const config = readConfig()
  const photo = photoOf(event, config)
  if (!photo) return
  const { imageId, generation } = photo
  await logRun({ imageId, generation, eventId: event.id }, async () => {
    const services = await getServices(config, geminiApiKey)
    const isLast = services.now().getTime() - Date.parse(event.time) > LAST_DELIVERY_MS
    return { photo, outcome: await annotateImage(photo, services, config, { isLast }) }
  })
}

export async function handleImageDeleted(event: StorageEvent): Promise<void> {
  const config = readConfig()
  const photo = photoOf(event, config)
  if (!photo) return
  const services = await getServices(config, geminiApiKey)
  const { deleted, left, failure } = await removeAnnotation(photo, services)
  const { imageId, generation } = photo
  const line = { imageId, generation, eventId: event.id, deletedCopies: deleted, copiesLeft: left }
  if (left === 0) logger.info('results removed', line)
  else logger.warn('results removed', { ...line, code: asVisionError(failure)?.code ?? 'internal' })
}

/** The photo of an event; undefined if the object is not an upload, for example a result. */
function photoOf(event: Pick<StorageEvent, 'data'>, config: Config): Photo | undefined {
  const { bucket, name, generation, contentType, size } = event.data
  const match = uploadSelector(config)(name, contentType ?? '')
  if (!match) return undefined
  return {
    imageId: imageIdOf(bucket, name),
    owner: match.owner,
    bucket,
    name,
    // Events contain a string, whatever the type says: a generation has more digits than a number can hold.
    generation: String(generation),
    contentType: contentType ?? '',
    sizeBytes: Number(size),
  }
}
