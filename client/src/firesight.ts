import type { AnnotateImageResult } from '../../functions/src/api/annotate-image.ts'
import type { AnswerChunk } from '../../functions/src/api/answer-question.ts'
import type { CompareImagesResult } from '../../functions/src/api/compare-images.ts'
import type { DescribeImageResult } from '../../functions/src/api/describe-image.ts'
import type { DetectObjectsResult } from '../../functions/src/api/detect-objects.ts'
import type { ErasureResult } from '../../functions/src/api/erasure.ts'
import type { AnnotationDocument } from '../../functions/src/document/annotation.ts'
import { type Answer, answerOf } from './answer.ts'
import type { CallOptions, StreamOptions } from './calls.ts'
import type { StoredPhoto } from './documents.ts'
import { cancelledError } from './error.ts'
import { canShowHeif } from './heif-support.ts'
import { checkFileSize, identify } from './identify.ts'
import { bucketOf, idOfPhoto, imageIdOf, type PhotoRef } from './image-id.ts'
import { toImageRef, toImageRefs } from './image-input.ts'
import { filterOf, type NewestOptions } from './newest.ts'
import {
  displayFile,
  isHeif,
  type MaskedObject,
  nullIfNotFound,
  pictureUrl,
  polygonUrl,
  type StoredOrInline,
} from './picture-urls.ts'
import type {
  AnnotateImageInput,
  AnswerQuestionInput,
  CompareImagesInput,
  DeleteMyDataInput,
  DescribeImageInput,
  DetectObjectsInput,
} from './requests.ts'
import { canScale, checkMaxPixels } from './scale-down.ts'
import { createServices, importModule } from './services.ts'
import { ANNOTATE_TIMEOUT_MS, type FiresightOptions } from './settings.ts'
import { signedInUid, watchRefusal } from './signed-in.ts'
import type { Upload, UploadOptions } from './upload.ts'
import { compileUploadPath } from './upload-path.ts'
import { follow, type OnError } from './watch.ts'
import { wrapErrors } from './wrap-errors.ts'

/** A stored detection: a detection result without the fields about its call. */
export type StoredDetection = Pick<DetectObjectsResult, 'image' | 'objects' | 'dropped' | 'overlay'>

/** Every method throws, rejects or reports FiresightErrors only. */
export type Firesight = {
  /**
   * Uploads a photo under a random name to the `uploadPath`, by default to the signed-in user's folder. The
   * functions then annotate it.
   * Resolves when the upload has started, so that the photo can be watched from the start; `done` resolves
   * when it is stored.
   */
  upload(file: Blob | Uint8Array, options?: UploadOptions): Promise<Upload>
  /**
   * Deletes an upload. The functions then delete its results. Succeeds also if the upload no longer exists.
   */
  remove(path: string): Promise<void>

  /**
   * Watches the document of a photo: null until it exists, and a `Tombstone` after the photo was deleted. Returns a function that stops watching.
   * Without `onError`, a failure becomes an uncaught error.
   */
  watch(
    photo: PhotoRef,
    onChange: (document: AnnotationDocument | null) => void,
    onError?: OnError,
  ): () => void
  /**
   * Watches the signed-in user's newest photos, newest first; with `label`, only those with this label. `limit`
   * is 1 to 100, by default 12. Use `listPhotos()` for older photos.
   */
  watchNewest(
    onChange: (photos: StoredPhoto[]) => void,
    options?: NewestOptions & { onError?: OnError },
  ): () => void
  /**
   * Reads one page of the signed-in user's photos, newest first. `after` is the last photo of the previous
   * page. A page that is shorter than `limit` is the last one.
   */
  listPhotos(options?: NewestOptions & { after?: StoredPhoto | undefined }): Promise<StoredPhoto[]>

  /**
   * Asks a question about one or more images. Iterate the answer to stream it, await it for the whole result,
   * or both.
   */
  answerQuestion(request: AnswerQuestionInput, options?: CallOptions): Answer
  /** Returns the similarities and differences of two or more images. */
  compareImages(request: CompareImagesInput, options?: CallOptions): Promise<CompareImagesResult>
  /** Returns objects with boxes in pixels of the upright image, optionally with masks and an overlay. */
  detectObjects(request: DetectObjectsInput, options?: CallOptions): Promise<DetectObjectsResult>
  /** Returns a caption, alt text and labels. With `labelSet`, classifies the image. */
  describeImage(request: DescribeImageInput, options?: CallOptions): Promise<DescribeImageResult>
  /** Annotates an upload again: the failed steps, or all steps with `force`. */
  annotateImage(request: AnnotateImageInput, options?: CallOptions): Promise<AnnotateImageResult>

  /**
   * Deletes all photos and results of the signed-in user. Fails with `sign-in-too-old` if the sign-in is more
   * than 5 minutes ago: reauthenticate the user, and call again. Anonymous users pass
   * `{ confirm: 'delete my data' }` instead.
   */
  deleteMyData(request?: DeleteMyDataInput, options?: CallOptions): Promise<ErasureResult>

  /** Reads a stored detection from its `stored.path`. */
  detection(path: string): Promise<StoredDetection>

  /**
   * The URL that shows the photo in `<img>`: the photo itself or, for formats that browsers cannot show, its
   * JPEG copy. Null until the copy exists, and for a deleted photo.
   */
  photoUrl(annotation: AnnotationDocument): Promise<string | null>
  /** The URL of the overlay of an annotation or a detection; null if it has none. */
  overlayUrl(result: { overlay?: StoredOrInline | undefined }): Promise<string | null>
  /**
   * The URL of an object's mask, white on black, of the size of its box: a PNG, or an SVG for an inline
   * polygon; null if the object has no mask.
   */
  maskUrl(object: MaskedObject): Promise<string | null>
  /** The URL of the JPEG copy; null if the functions did not create one. */
  previewUrl(annotation: { preview?: { path: string } | undefined }): Promise<string | null>
  /**
   * The URL of the thumbnail, a JPEG of at most 320 pixels and 20 kB; null if there is none: until the photo
   * is described, for photos of older functions and for HEIC photos that were not decoded. Then show
   * `photoUrl()`.
   */
  thumbnailUrl(annotation: { thumbnail?: { path: string } | undefined }): Promise<string | null>
}

/**
 * Creates the client for an app. Loads each service of the Firebase SDK on first use.
 * @throws FiresightError `misconfigured` for an invalid `uploadPath`
 */
export function createFiresight(options: FiresightOptions): Firesight {
  const services = createServices(options)
  const user = () => signedInUid(options)
  const bucket = () => bucketOf(options)
  const nameUpload = compileUploadPath(options.uploadPath)
  const resultUrl = async (path: string) => (await services.files()).resultUrlOf(path)
  const call = async <Result>(
    name: Parameters<typeof services.nameOf>[0],
    request: object,
    callOptions: StreamOptions = {},
  ) => (await services.caller())<Result>(services.nameOf(name), request, callOptions)

  return {
    upload: async (file, uploadOptions = {}) =>
      wrapErrors(async () => {
        const { segments = {}, signal, maxPixels } = uploadOptions
        if (maxPixels !== undefined) checkMaxPixels(maxPixels)
        const photo = await identify(file, uploadOptions.contentType)
        // A larger photo may become small enough when it is scaled down.
        if (maxPixels === undefined || !canScale(photo.contentType)) checkFileSize(file)
        const fileName = `${crypto.randomUUID()}.${photo.ending}`
        const path = await nameUpload({ uid: user, fileName, segments })
        const [imageId, { storage }, { send }] = await Promise.all([
          imageIdOf(bucket(), path),
          services.files(),
          importModule(import('./upload.ts')),
        ])
        if (signal?.aborted) throw cancelledError('upload', signal.reason)
        return { path, imageId, done: send(storage, { bytes: file, path, ...photo }, uploadOptions) }
      }),
    remove: async (path) => wrapErrors(async () => (await services.files()).remove(path)),

    watch: (photo, onChange, onError) =>
      follow(async (fail, isActive) => {
        const [imageId, { images, watchDocument }] = await Promise.all([
          idOfPhoto(bucket, photo),
          services.documents(),
        ])
        return watchDocument(
          images,
          imageId,
          (annotation) => isActive() && onChange(annotation),
          (error) => fail(watchRefusal(error, options.auth)),
        )
      }, onError),
    watchNewest: (onChange, { onError, ...newest } = {}) =>
      follow(async (fail, isActive) => {
        const filter = filterOf(newest)
        const [uid, { images, watchNewest }] = await Promise.all([user(), services.documents()])
        return watchNewest(
          images,
          { uid, ...filter },
          (photos) => isActive() && onChange(photos),
          (error) => fail(watchRefusal(error, options.auth)),
        )
      }, onError),
    listPhotos: async ({ after, ...newest } = {}) =>
      wrapErrors(async () => {
        const filter = filterOf(newest)
        const [uid, { images, listPhotos }] = await Promise.all([user(), services.documents()])
        return listPhotos(images, { uid, ...filter }, after)
      }),

    answerQuestion: (question, callOptions) =>
      answerOf(async (onText) =>
        wrapErrors(async () => {
          const { images, ...request } = question
          const refs = await toImageRefs(Array.isArray(images) ? images : [images])
          const streamed = { ...callOptions, onChunk: ({ text }: AnswerChunk) => onText(text) }
          return call('answerQuestion', { ...request, images: refs }, streamed)
        }),
      ),
    compareImages: async (comparison, callOptions) =>
      wrapErrors(async () => {
        const { images, ...request } = comparison
        return call('compareImages', { ...request, images: await toImageRefs(images) }, callOptions)
      }),
    detectObjects: async (detection, callOptions) =>
      wrapErrors(async () => {
        const { image, ...request } = detection
        return call('detectObjects', { ...request, image: await toImageRef(image) }, callOptions)
      }),
    describeImage: async (description, callOptions) =>
      wrapErrors(async () => {
        const { image, ...request } = description
        return call('describeImage', { ...request, image: await toImageRef(image) }, callOptions)
      }),
    annotateImage: async (annotation, { timeoutMs = ANNOTATE_TIMEOUT_MS, ...callOptions } = {}) =>
      wrapErrors(async () => {
        const { path, force } = annotation
        return call('annotateImage', { path, force }, { ...callOptions, timeoutMs })
      }),

    deleteMyData: async (request = {}, callOptions) =>
      wrapErrors(async () => call('deleteMyData', request, callOptions)),

    detection: async (path) =>
      wrapErrors(async () => JSON.parse(await (await services.files()).readResult(path)) as StoredDetection),
    photoUrl: async (annotation) =>
      wrapErrors(async () => {
        if (annotation.status === 'deleted') return null
        const file = displayFile(annotation, isHeif(annotation) && (await canShowHeif()))
        if (!file) return null
        return file.of === 'results' ? resultUrl(file.path) : (await services.files()).urlOf(file.path)
      }),
    overlayUrl: async (result) => wrapErrors(async () => pictureUrl(result.overlay, resultUrl)),
    maskUrl: async (object) =>
      wrapErrors(async () => (await pictureUrl(object.mask, resultUrl)) ?? polygonUrl(object)),
    previewUrl: async (annotation) => wrapErrors(async () => pictureUrl(annotation.preview, resultUrl)),
    thumbnailUrl: async (annotation) =>
      wrapErrors(async () => pictureUrl(annotation.thumbnail, resultUrl).catch(nullIfNotFound)),
  }
}
