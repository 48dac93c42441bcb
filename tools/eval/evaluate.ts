import { createHash, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { forEachConcurrently } from '../../functions/src/concurrency.ts'
import type { Config } from '../../functions/src/config/config.ts'
import type { Photo } from '../../functions/src/document/annotation.ts'
import { imageIdOf } from '../../functions/src/document/storage-paths.ts'
import type { ErrorCode, VisionError } from '../../functions/src/errors.ts'
import { annotateImage } from '../../functions/src/pipeline/annotate-image.ts'
import { removeModelCopies } from '../../functions/src/pipeline/model-copies.ts'
import type { Services } from '../../functions/src/ports/services.ts'
import { httpsImages } from '../../functions/src/stores/https/https-images.ts'
import { memoryAccounts } from '../../functions/src/stores/memory/memory-accounts.ts'
import { memoryAnnotations, memoryPhotos } from '../../functions/src/stores/memory/memory-photos.ts'
import { unlimitedQuota } from '../../functions/src/stores/memory/memory-quota.ts'
import { memoryUpkeep } from '../../functions/src/stores/memory/memory-upkeep.ts'
import { accuracyOf } from './accuracy.ts'
import { printable } from './format.ts'
import { storePictures } from './pictures.ts'
import { crashedResult, resultOf } from './result-of.ts'
import type { PhotoResult } from './run-file.ts'
import type { Sample } from './samples.ts'
import type { OpenTarget } from './target.ts'

const BUCKET = 'evaluation'
const OWNER = 'evaluation'

/** Failures that every other photo would meet too. */
const STOPPING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'model-misconfigured',
  'model-not-found',
  'model-budget-spent',
  'model-day-limit',
])

type Context = {
  config: Config
  target: OpenTarget
  /** The folder of the report. */
  out: string
  /** Aborted to stop the run: photos that have not started are not run. The others end: they are paid. */
  stop: AbortSignal
}

/**
 * @param onPhoto called after each photo, in the order in which they end
 * @returns the failure that stopped the run
 */
export async function evaluate(
  samples: readonly Sample[],
  concurrency: number,
  context: Context,
  onPhoto: (photo: PhotoResult, index: number) => void,
): Promise<VisionError | undefined> {
  let stoppedBy: VisionError | undefined
  await forEachConcurrently(samples.entries(), concurrency, async ([index, sample]) => {
    if (stoppedBy || context.stop.aborted) return
    const { photo, failure } = await evaluatePhoto(sample, index, context)
    if (failure && STOPPING.has(failure.code)) stoppedBy ??= failure
    onPhoto(photo, index)
  })
  return stoppedBy
}

/** Never throws: a bug is a result too, or one photo would cost the results of all others. */
async function evaluatePhoto(
  sample: Sample,
  index: number,
  context: Context,
): Promise<{ photo: PhotoResult; failure?: VisionError | undefined }> {
  try {
    return await annotate(sample, index, context)
  } catch (error) {
    console.error(printable(error instanceof Error ? (error.stack ?? error.message) : String(error)))
    return { photo: crashedResult(sample.name, error) }
  }
}

async function annotate(
  { name, read }: Sample,
  index: number,
  { config, target, out }: Context,
): Promise<{ photo: PhotoResult; failure?: VisionError | undefined }> {
  const { bytes, truths } = await read()
  const services = servicesFor(target)
  const upload: Photo = {
    imageId: imageIdOf(BUCKET, String(index)),
    owner: OWNER,
    bucket: BUCKET,
    name: String(index),
    generation: '1',
    contentType: '',
    sizeBytes: bytes.length,
  }
  const { files } = services.photos
  files.set(upload.name, { bytes, contentType: '', generation: upload.generation })
  // The last delivery: a transient failure ends the photo instead of being thrown for the next one.
  const outcome = await annotateImage(upload, services, config, { isLast: true })
  await removeModelCopies(upload, services)
  const failure = outcome.ended === 'finished' ? outcome.failure : undefined
  const annotation = services.annotations.documents.get(upload.imageId)
  if (!annotation) throw new Error(`The photo ended as ${JSON.stringify(outcome)}, without an annotation`)
  const readFile = (path: string) => files.get(path)!.bytes
  const { image, overlay, preview } = annotation
  const pictures = await storePictures(join(out, 'pictures'), String(index + 1), {
    // HEIC that is decoded has a preview. Other photos are shown from their own bytes.
    photo: image?.decoded ? (preview ? readFile(preview.path) : bytes) : undefined,
    overlay: overlay && readFile(overlay.path),
  })
  const photo: PhotoResult = {
    name,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    sizeBytes: bytes.length,
    ...resultOf(annotation, failure, config),
    ...pictures,
  }
  if (!truths) return { photo, failure }
  const accuracy = await accuracyOf(
    truths,
    annotation.objects,
    { width: image?.width ?? 0, masksAsked: config.maskPoints > 0 },
    readFile,
  )
  const truth = truths.map(({ label, box }) => ({ label, box }))
  return { photo: { ...photo, truth, accuracy }, failure }
}

/** Memory in place of Firebase. New stores for each photo, so that its files are freed afterwards. */
function servicesFor({ model, modelFiles }: OpenTarget) {
  const annotations = memoryAnnotations()
  const photos = memoryPhotos()
  const services = {
    bucket: BUCKET,
    accounts: memoryAccounts(),
    annotations,
    photos,
    urlImages: httpsImages(),
    quota: unlimitedQuota(),
    upkeep: memoryUpkeep(
      () => annotations.documents,
      () => photos.files,
    ),
    model,
    modelFiles,
    now: () => new Date(),
    newToken: randomUUID,
  } satisfies Services
  return services
}
