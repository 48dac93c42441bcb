import type { AnnotateImageResult } from '../../functions/src/api/annotate-image.ts'
import type { AnswerChunk } from '../../functions/src/api/answer-question.ts'
import type { CompareImagesResult } from '../../functions/src/api/compare-images.ts'
import type { DescribeImageResult } from '../../functions/src/api/describe-image.ts'
import type { DetectObjectsResult } from '../../functions/src/api/detect-objects.ts'
import type { Annotation } from '../../functions/src/document/annotation.ts'
import { type Answer, answerOf } from './answer.ts'
import type { CallOptions, StreamOptions } from './calls.ts'
import type { StoredPhoto } from './documents.ts'
import { cancelledError, misconfigured, wrongField } from './error.ts'
import { acceptPhoto, photoTypeOfBytes } from './formats.ts'
import { guarded } from './guarded.ts'
import { idOfPhoto, imageIdOf, type PhotoRef } from './image-id.ts'
import { toImageRef, toImageRefs } from './image-input.ts'
import { type MaskedObject, outlineUrl, pictureUrl, type StoredOrInline, shownFile } from './picture-urls.ts'
import type {
  AnnotateImageInput,
  AnswerQuestionInput,
  CompareImagesInput,
  DescribeImageInput,
  DetectObjectsInput,
} from './requests.ts'
import { createServices, loaded } from './services.ts'
import { ANNOTATE_TIMEOUT_MS, type FiresightOptions, MAX_NEWEST } from './settings.ts'
import { signedInUid, watchRefusal } from './signed-in.ts'
import type { Upload, UploadOptions } from './upload.ts'
import { follow, type OnError } from './watch.ts'

/** A detection without what is only of the call that made it. */
export type StoredDetection = Pick<DetectObjectsResult, 'image' | 'objects' | 'dropped' | 'overlay'>

/** Whatever fails, fails with a FiresightError. */
export type Firesight = {
  /**
   * Uploads a photo into the signed-in user's folder, under a name that nobody can guess; the functions then annotate it.
   * Resolves once it has begun, so that it can be watched from the beginning; `done` says when it is stored.
   */
  upload(file: Blob | Uint8Array, options?: UploadOptions): Promise<Upload>
  /** Deletes an upload; the functions then remove its results. One that is gone already is fine. */
  remove(path: string): Promise<void>

  /**
   * Follows the annotation of a photo; null while there is none. Returns what ends it.
   * Without `onError`, a failure is an uncaught error.
   */
  watch(photo: PhotoRef, onChange: (annotation: Annotation | null) => void, onError?: OnError): () => void
  /** Follows the signed-in user's newest photos, the newest first; 12 of them, or as many as `limit` says, at most 100. */
  watchNewest(
    onChange: (photos: StoredPhoto[]) => void,
    options?: { limit?: number; onError?: OnError },
  ): () => void

  /** Asks about one image or several. Iterate the answer as it comes, await it as a whole, or both. */
  answerQuestion(request: AnswerQuestionInput, options?: CallOptions): Answer
  /** What several images have in common and what not. */
  compareImages(request: CompareImagesInput, options?: CallOptions): Promise<CompareImagesResult>
  /** Objects with boxes in pixels of the upright image and, if wanted, masks and an overlay. */
  detectObjects(request: DetectObjectsInput, options?: CallOptions): Promise<DetectObjectsResult>
  /** Caption, alternative text and labels; with `labelSet`, a classifier. */
  describeImage(request: DescribeImageInput, options?: CallOptions): Promise<DescribeImageResult>
  /** Annotates an upload again: what has failed, or all of it with `force`. */
  annotateImage(request: AnnotateImageInput, options?: CallOptions): Promise<AnnotateImageResult>

  /** A detection that was stored: what the file at its `stored.path` holds. */
  detection(path: string): Promise<StoredDetection>

  /** A URL that shows the photo in `<img>`: its JPEG copy for formats that browsers do not show; null while there is none. */
  photoUrl(annotation: Annotation): Promise<string | null>
  /** The overlay of an annotation or a detection, to lay over the photo; null if there is none. */
  overlayUrl(result: { overlay?: StoredOrInline | undefined }): Promise<string | null>
  /** The mask of an object, of its box's size, white on black: a PNG, or an SVG of an outline that came inline; null if there is none. */
  maskUrl(object: MaskedObject): Promise<string | null>
  /** The JPEG copy; null if the functions made none. */
  previewUrl(annotation: { preview?: { path: string } | undefined }): Promise<string | null>
}

/** The client of one app. Each part of the Firebase SDK is loaded when it is needed first. */
export function createFiresight(options: FiresightOptions): Firesight {
  const services = createServices(options)
  const user = () => signedInUid(options)
  const bucket = () => bucketOf(options)
  const resultUrl = async (path: string) => (await services.files()).resultUrlOf(path)
  const call = async <Result>(
    name: Parameters<typeof services.nameOf>[0],
    request: object,
    callOptions: StreamOptions = {},
  ) => (await services.caller())<Result>(services.nameOf(name), request, callOptions)

  return {
    upload: async (file, uploadOptions = {}) =>
      guarded(async () => {
        const photo = await identify(file, uploadOptions)
        const path = `users/${await user()}/uploads/${crypto.randomUUID()}.${photo.ending}`
        const [imageId, { storage }, { send }] = await Promise.all([
          imageIdOf(bucket(), path),
          services.files(),
          loaded(import('./upload.ts')),
        ])
        const { signal } = uploadOptions
        if (signal?.aborted) throw cancelledError('upload', signal.reason)
        return { path, imageId, done: send(storage, { bytes: file, path, ...photo }, uploadOptions) }
      }),
    remove: async (path) => guarded(async () => (await services.files()).remove(path)),

    watch: (photo, onChange, onError) =>
      follow(async (fail, isOn) => {
        const [imageId, { firestore, watchDocument }] = await Promise.all([
          idOfPhoto(bucket, photo),
          services.documents(),
        ])
        return watchDocument(
          firestore,
          imageId,
          (annotation) => isOn() && onChange(annotation),
          (error) => fail(watchRefusal(error, options.auth)),
        )
      }, onError),
    watchNewest: (onChange, { limit = 12, onError } = {}) =>
      follow(async (fail, isOn) => {
        if (!Number.isInteger(limit) || limit < 1 || limit > MAX_NEWEST)
          throw wrongField('limit', `must be a whole number of 1 to ${MAX_NEWEST}; it is ${limit}`)
        const [uid, { firestore, watchNewest }] = await Promise.all([user(), services.documents()])
        return watchNewest(
          firestore,
          uid,
          limit,
          (photos) => isOn() && onChange(photos),
          (error) => fail(watchRefusal(error, options.auth)),
        )
      }, onError),

    answerQuestion: (question, callOptions) =>
      answerOf(async (onText) =>
        guarded(async () => {
          const { images, ...request } = question
          const refs = await toImageRefs(Array.isArray(images) ? images : [images])
          const streamed = { ...callOptions, onChunk: ({ text }: AnswerChunk) => onText(text) }
          return call('answerQuestion', { ...request, images: refs }, streamed)
        }),
      ),
    compareImages: async (comparison, callOptions) =>
      guarded(async () => {
        const { images, ...request } = comparison
        return call('compareImages', { ...request, images: await toImageRefs(images) }, callOptions)
      }),
    detectObjects: async (detection, callOptions) =>
      guarded(async () => {
        const { image, ...request } = detection
        return call('detectObjects', { ...request, image: await toImageRef(image) }, callOptions)
      }),
    describeImage: async (description, callOptions) =>
      guarded(async () => {
        const { image, ...request } = description
        return call('describeImage', { ...request, image: await toImageRef(image) }, callOptions)
      }),
    annotateImage: async (annotation, { timeoutMs = ANNOTATE_TIMEOUT_MS, ...callOptions } = {}) =>
      guarded(async () => {
        const { path, force } = annotation
        return call('annotateImage', { path, force }, { ...callOptions, timeoutMs })
      }),

    detection: async (path) =>
      guarded(async () => JSON.parse(await (await services.files()).readResult(path)) as StoredDetection),
    photoUrl: async (annotation) =>
      guarded(async () => {
        const file = shownFile(annotation)
        if (!file) return null
        return file.of === 'results' ? resultUrl(file.path) : (await services.files()).urlOf(file.path)
      }),
    overlayUrl: async (result) => guarded(async () => pictureUrl(result.overlay, resultUrl)),
    maskUrl: async (object) =>
      guarded(async () => (await pictureUrl(object.mask, resultUrl)) ?? outlineUrl(object)),
    previewUrl: async (annotation) => guarded(async () => pictureUrl(annotation.preview, resultUrl)),
  }
}

async function identify(file: Blob | Uint8Array, { contentType }: UploadOptions) {
  if (file instanceof Uint8Array)
    return acceptPhoto({ size: file.byteLength, type: contentType ?? photoTypeOfBytes(file) ?? '' })
  const { name } = file as Partial<File>
  const isUnnamed = !contentType && !file.type && !name
  const type = isUnnamed
    ? photoTypeOfBytes(new Uint8Array(await file.slice(0, 16).arrayBuffer()))
    : (contentType ?? file.type)
  return acceptPhoto({ size: file.size, type: type ?? '', ...(name && { name }) })
}

function bucketOf({ app, bucket = app.options.storageBucket }: FiresightOptions): string {
  if (!bucket)
    throw misconfigured(
      'Cannot name a photo: the app has no storageBucket, so createFiresight() needs a bucket.',
    )
  return bucket
}
