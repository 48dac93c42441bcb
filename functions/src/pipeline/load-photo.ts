import type { Config } from '../config/config.ts'
import { taskModel } from '../config/task-model.ts'
import { type Annotation, MODEL_STEPS, versionOf } from '../document/annotation.ts'
import type { Size } from '../document/box.ts'
import { asVisionError, VisionError } from '../errors.ts'
import { preloadDecoders } from '../image/loading.ts'
import { copySizeOf, type PreparedImage, prepareImage } from '../image/prepare.ts'
import { isHeif } from '../image/sniff.ts'
import { inspectImage, type SourceImage } from '../image/source-image.ts'
import type { Part } from '../ports/instance-limits.ts'
import type { Services } from '../ports/services.ts'
import type { AnnotationRun } from './annotation-run.ts'

/** What later stages use of an upload: its bytes are freed when the copy has been made. */
export type SourceFacts = Omit<SourceImage, 'bytes'>

export type LoadedPhoto = {
  facts: SourceFacts
  /** Of the copy, as far as it is known before decoding. */
  size: Size
  copying: Promise<PreparedImage>
  /** Call it when the results are stored: it ends the photo's part of the instance's memory. */
  release: () => void
}

/**
 * Downloads and inspects a photo, and starts to make its copy, within the limits of the instance. A photo that
 * waits for other photos holds no decoded pixels, and no more downloaded bytes than the limits allow.
 * @throws VisionError `interrupted` if the deadline of the run ends the wait; as `readUpload` and
 * `inspectImage`. `copying` rejects as `prepareImage`, and as `interrupted` for the deadline or if the wait
 * has left too little time for the model
 */
export async function loadPhoto(
  run: AnnotationRun,
  services: Pick<Services, 'photos' | 'model'>,
  config: Config,
): Promise<LoadedPhoto> {
  const { photo, document, instanceLimits, deadline } = run
  // A larger upload is refused before it is downloaded.
  const bytes = Math.min(photo.sizeBytes, config.maxImageBytes)
  const upload = await waitForTurn(run, async () => instanceLimits.acquireUpload(bytes, deadline))
  try {
    const source = await readSource(run, services, config)
    const { bytes: _, ...facts } = source
    document.addToNextWrite({ image: describeSource(facts) })
    const size = copySizeOf(source, config)
    const { copying, requests } = startCopy(source, size, run, services, config)
    // The copy of an original is the upload itself, which the model receives.
    if (source.decodable) copying.then(upload.release, upload.release)
    return { facts, size, copying, release: releaseOf(upload, requests) }
  } catch (error) {
    upload.release()
    throw error
  }
}

/** In a function of its own, so that nothing else refers to the bytes. */
async function readSource(
  run: AnnotationRun,
  { photos, model }: Pick<Services, 'photos' | 'model'>,
  config: Config,
): Promise<SourceImage> {
  const { photo, timings } = run
  const loading = timings.measure('load', () => photos.readUpload(photo, config.maxImageBytes))
  // An original is not decoded.
  if (config.heic === 'original' && photo.contentType.startsWith('image/hei')) warmUpModel(model, config)
  else void preloadDecoders()
  const bytes = await loading
  const inspect = async () => timings.measure('inspect', () => inspectImage(bytes, config))
  // libheif reads the size of a HEIC image that is decoded.
  return config.heic === 'decode' && isHeif(bytes) ? decodeInTurn(true, run, inspect) : inspect()
}

/** Begins what the requests of the steps would wait for. */
function warmUpModel(model: Services['model'], config: Config): void {
  for (const step of MODEL_STEPS) model.warmUp?.(taskModel(config, step).model)
}

/** @param requests rejects only if `copying` does */
function releaseOf(upload: Part, requests: Promise<Part>): () => void {
  return () => {
    upload.release()
    requests.then(
      (permit) => permit.release(),
      () => {},
    )
  }
}

/** The copy is made when there is memory for the requests with it, so that copies do not pile up. */
function startCopy(
  source: SourceImage,
  size: Size,
  run: AnnotationRun,
  { model }: Pick<Services, 'model'>,
  config: Config,
) {
  const { instanceLimits, deadline } = run
  const requests = waitForTurn(run, async () => instanceLimits.acquireRequests(source, size, deadline))
  const copying = requests.then(async ({ correct }) => {
    const copy = await copySource(source, run, model, config)
    correct(copy.data.length)
    return copy
  })
  return { requests, copying }
}

async function copySource(
  source: SourceImage,
  run: AnnotationRun,
  model: Services['model'],
  config: Config,
): Promise<PreparedImage> {
  const { photo, document, timings } = run
  const prepare = async () => {
    checkTimeLeft(run, config)
    const preparing = timings.measure('prepare', () => prepareImage(source, config))
    // Loading the client of the model blocks this thread, so it is loaded while another thread decodes.
    warmUpModel(model, config)
    try {
      return await preparing
    } catch (error) {
      document.addToNextWrite({ image: { ...describeSource(source), decoded: false } })
      throw error
    }
  }
  const copy = source.decodable ? await decodeInTurn(isHeif(source.bytes), run, prepare) : await prepare()
  const image = { ...describeSource(source), ...describeSharpness(copy, config) }
  document.addToNextWrite({ image })
  return { ...copy, photo: versionOf(photo) }
}

/**
 * Requests that are aborted soon after they were sent may be billed, and have no answer. Time that the wait
 * has not taken does not count, so a run with a short limit is not refused.
 * @throws VisionError `interrupted` if the wait has left too little time for the model steps
 */
function checkTimeLeft(
  { photo: { imageId }, document, timings: { waitedMs }, modelTimeLeftMs }: AnnotationRun,
  { modelTimeoutSeconds }: Config,
): void {
  if (!MODEL_STEPS.some((name) => document.steps[name].state === 'pending')) return
  const [leftMs, neededMs] = [modelTimeLeftMs(), (modelTimeoutSeconds * 1000) / 2]
  if (leftMs >= neededMs || leftMs + waitedMs < neededMs) return
  const message =
    `Cannot annotate ${imageId}: it has waited ${waitedMs} ms for other photos of the instance. ` +
    `${leftMs} ms are left for the model, and ${neededMs} ms are needed`
  throw new VisionError('interrupted', message)
}

async function decodeInTurn<T>(
  startsHeicDecoder: boolean,
  run: AnnotationRun,
  work: () => Promise<T>,
): Promise<T> {
  const { instanceLimits, deadline } = run
  const decoder = await waitForTurn(run, async () =>
    instanceLimits.acquireDecoder(startsHeicDecoder, deadline),
  )
  try {
    return await work()
  } finally {
    decoder.release()
  }
}

/** @throws VisionError `interrupted`: the event is redelivered, probably to an instance that is less busy */
async function waitForTurn<T>(
  { photo: { imageId }, timings, deadline }: AnnotationRun,
  acquire: () => Promise<T>,
): Promise<T> {
  try {
    return await timings.measureWait(acquire)
  } catch (cause) {
    if (asVisionError(cause) || !deadline.aborted) throw cause
    const message = `Cannot annotate ${imageId}: its run has ended while it waited for other photos of the instance`
    throw new VisionError('interrupted', message, { cause })
  }
}

type ImageFacts = NonNullable<Annotation['image']>

function describeSource(source: SourceFacts): ImageFacts {
  const { width, height, format, orientation, decodable: decoded, sha256 } = source
  return { width, height, format, orientation, decoded, sha256 }
}

function describeSharpness(
  { sharpness }: PreparedImage,
  { blurThreshold }: Config,
): Pick<ImageFacts, 'sharpness' | 'blurred'> {
  return sharpness === undefined ? {} : { sharpness, blurred: sharpness < blurThreshold }
}
