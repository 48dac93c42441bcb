import type { ImageRef } from '../../functions/src/api/image-ref.ts'
import { invalidField, permanentError, typeNameOf } from './error.ts'
import { photoTypeOfBytes } from './formats.ts'
import { type AnnotatedPhoto, urlOfPhoto } from './image-id.ts'

/**
 * An image of a call:
 * - a reference in the form of the functions' API,
 * - an upload from `upload()`: the call waits until it is stored,
 * - an annotation, for its photo,
 * - bytes or a Blob, sent inline (at most 20 MB for all images of a call),
 * - a string: an object name, a gs:// URL (as from `ref.toString()`) or an https URL.
 */
export type ImageInput =
  | ImageRef
  | { path: string; imageId?: string; done?: Promise<unknown> }
  | AnnotatedPhoto
  | Blob
  | Uint8Array
  | string

/**
 * The limit for all inline images of a call together, in bytes; the same as in
 * functions/src/api/image-ref.ts.
 */
export const MAX_INLINE_BYTES = 20 * 1024 * 1024

/** Like `toImageRefs`, for a single image. */
export async function toImageRef(image: ImageInput): Promise<ImageRef> {
  checkSize([image])
  return refOf(image, 'image')
}

/**
 * @throws FiresightError `invalid-request`, `unsupported-type`, `empty-file`, `request-too-large`, or the
 * error of the upload
 */
export async function toImageRefs(images: readonly ImageInput[]): Promise<ImageRef[]> {
  checkSize(images)
  return Promise.all(images.map((image, index) => refOf(image, `images.${index}`)))
}

function checkSize(images: readonly ImageInput[]): void {
  const bytes = images.reduce((sum, image) => sum + sizeOf(image), 0)
  if (bytes > MAX_INLINE_BYTES) {
    const message =
      'The inline images of a call are limited to 20 MB in total. Upload them and pass their paths.'
    throw permanentError('request-too-large', message)
  }
}

async function refOf(image: ImageInput, field: string): Promise<ImageRef> {
  if (typeof image === 'string') return refOfText(image, field)
  if (image instanceof Uint8Array) return inline(image)
  if (image instanceof Blob) return inline(new Uint8Array(await image.arrayBuffer()))
  if (typeof image === 'object' && image !== null) {
    if ('done' in image) await image.done
    if ('path' in image) return { path: image.path }
    if ('bucket' in image) return { path: urlOfPhoto(image) }
    if ('url' in image || 'inlineData' in image) return image
  }
  throw invalidField(field, `${ALLOWED}; it is ${typeNameOf(image)}`)
}

const ALLOWED =
  'must be an upload, an annotation, an object name, a gs:// or https:// URL, a Blob or a Uint8Array'

function refOfText(text: string, field: string): ImageRef {
  const [, scheme] = /^(https?|data|blob|file):/i.exec(text) ?? []
  if (!scheme) return { path: text }
  if (scheme.toLowerCase() === 'https') return { url: text }
  throw invalidField(field, `${ALLOWED}; it starts with ${scheme}:`)
}

function sizeOf(image: ImageInput): number {
  if (image instanceof Uint8Array) return image.byteLength
  return image instanceof Blob ? image.size : 0
}

function inline(bytes: Uint8Array): ImageRef {
  if (bytes.byteLength === 0) throw permanentError('empty-file', 'The image is empty.')
  // Declared content types are wrong more often than signatures.
  const mimeType = photoTypeOfBytes(bytes)
  if (!mimeType) throw permanentError('unsupported-type', 'The image is not a PNG, JPEG, WebP, HEIC or HEIF.')
  return { inlineData: { mimeType, data: toBase64(bytes) } }
}

/**
 * `Uint8Array.prototype.toBase64` is too new: Chrome 140, Node 25.
 * https://caniuse.com/mdn-javascript_builtins_uint8array_tobase64, 2026-11
 */
function toBase64(bytes: Uint8Array): string {
  const parts: string[] = []
  // A multiple of three, so that only the last part is padded, and small enough to be passed as arguments.
  const step = 3 * 8192
  for (let at = 0; at < bytes.length; at += step)
    parts.push(btoa(String.fromCharCode(...bytes.subarray(at, at + step))))
  return parts.join('')
}
