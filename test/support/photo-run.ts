import sharp from 'sharp'
import { beforeEach } from 'vitest'
import { readConfig } from '../../functions/src/config/read-config.ts'
import type { Photo } from '../../functions/src/document/annotation.ts'
import { imageIdOf, resultPaths } from '../../functions/src/document/storage-paths.ts'
import { type ErrorCode, VisionError } from '../../functions/src/errors.ts'
import { annotateImage, removeAnnotation } from '../../functions/src/pipeline/annotate-image.ts'
import type { QuotaLimits } from '../../functions/src/ports/quota-store.ts'
import type { Services } from '../../functions/src/ports/services.ts'
import { httpsImages } from '../../functions/src/stores/https/https-images.ts'
import { memoryAccounts } from '../../functions/src/stores/memory/memory-accounts.ts'
import { memoryModelCopies } from '../../functions/src/stores/memory/memory-model-files.ts'
import { memoryAnnotations, memoryPhotos } from '../../functions/src/stores/memory/memory-photos.ts'
import { unlimitedQuota } from '../../functions/src/stores/memory/memory-quota.ts'
import { memoryUpkeep } from '../../functions/src/stores/memory/memory-upkeep.ts'
import { modelFailure } from './model-failure.ts'
import { scriptedModel } from './vision.ts'

/*
 * Runs of annotateImage() on memory stores: an upload, a scripted model, a stopped clock. New stores for each
 * test, so a test may replace a method of a store.
 */

export const NAME = 'users/alice/uploads/ball.png'
export const annotations = memoryAnnotations()
export const photos = memoryPhotos()
export const upkeep = memoryUpkeep(
  () => annotations.documents,
  () => photos.files,
)
export const modelFiles = memoryModelCopies()
export const clock = { now: new Date() }

/** 80 x 60 pixels of red. */
export const png = await sharp({ create: { width: 80, height: 60, channels: 3, background: 'red' } })
  .png()
  .toBuffer()

beforeEach(() => {
  Object.assign(annotations, memoryAnnotations())
  Object.assign(photos, memoryPhotos())
  Object.assign(modelFiles, memoryModelCopies())
  upkeep.tasks.clear()
  upkeep.values.clear()
  clock.now = new Date('2026-11-22T12:00:00Z')
})

const CONFIG = readConfig({})
let tokens = 0

export function services(model: Services['model'], quota: Services['quota'] = unlimitedQuota()): Services {
  return {
    bucket: 'bucket',
    accounts: memoryAccounts(),
    annotations,
    photos,
    urlImages: httpsImages(),
    quota,
    model,
    modelFiles,
    upkeep,
    now: () => clock.now,
    newToken: () => `token-${++tokens}`,
  }
}

export function upload(bytes: Buffer, generation = '1700000000000001'): Photo {
  photos.files.set(NAME, { bytes, contentType: 'image/png', generation })
  return {
    imageId: imageIdOf('bucket', NAME),
    owner: 'alice',
    bucket: 'bucket',
    name: NAME,
    generation,
    contentType: 'image/png',
    sizeBytes: bytes.length,
  }
}

export const annotate = async (
  photo: Photo,
  { model } = scriptedModel(),
  quota?: Services['quota'],
  limits: Partial<QuotaLimits> = {},
  changes: Partial<Services> = {},
) => annotateImage(photo, { ...services(model, quota), ...changes }, { ...CONFIG, ...limits })
/** By the last delivery of an event. */
export const annotateLast = async (photo: Photo, { model } = scriptedModel()) =>
  annotateImage(photo, services(model), CONFIG, { isLast: true })
export const remove = async (photo: Photo) => removeAnnotation(photo, services(scriptedModel().model))
export const annotationOf = (photo: Photo) => annotations.documents.get(photo.imageId)
/** Paths of the answer that the objects are drawn from, and of the drawings. */
export const drawnPaths = (photo: Photo) =>
  resultPaths(photo).answer(annotationOf(photo)?.steps.locate.answerId ?? 'none')
export const results = () => [...photos.files.keys()].filter((name) => name !== NAME)
export const fails = (code: ErrorCode) =>
  code.startsWith('model-') ? modelFailure(code) : new VisionError(code, 'scripted')
