import pLimit from 'p-limit'
import type { ImageRef } from '../api/image-ref.ts'
import { type Photo, versionOf } from '../document/annotation.ts'
import type { Size } from '../document/box.ts'
import { VisionError } from '../errors.ts'
import { checkImageUrl } from '../image/image-url.ts'
import { type PreparedImage, prepareImage } from '../image/prepare.ts'
import { inspectImage } from '../image/source-image.ts'
import type { CallContext } from './callable-frame.ts'
import { ownUpload } from './own-upload.ts'

/** An image of a call, ready for the model. `width` and `height` are the upright size of the original. */
export type LoadedImage = Size & { prepared: PreparedImage; photo?: Photo }

/** Shared by all calls of an instance: decoding takes up to 250 MB (config/function-options.ts). */
const decoding = pLimit(2)

/** An image that the caller may use. Nothing has been read yet. */
export type AllowedImage = { name: string } | { inline: string } | { url: string }

/**
 * Checks that the caller may use all images. Looks only at the references, before anything is read.
 * @throws VisionError `path-not-allowed`, `url-not-allowed`
 */
export function allowImages(
  references: readonly ImageRef[],
  { uid, services: { bucket }, config: { uploadPath, urlImageHosts } }: CallContext,
): AllowedImage[] {
  return references.map((reference) => {
    if ('path' in reference) return { name: ownUpload(reference.path, uid, { bucket, uploadPath }) }
    if ('inlineData' in reference) return { inline: reference.inlineData.data }
    checkImageUrl(reference.url, { hosts: urlImageHosts, port: 443 })
    return reference
  })
}

/**
 * Reads, checks and prepares the images one after another, so that a call decodes one at a time.
 * @throws VisionError `url-not-allowed` for redirects, `url-unreadable`, `object-gone`, `request-too-large`,
 * and as `inspectImage` and `prepareImage`
 */
export async function loadImages(
  images: readonly AllowedImage[],
  context: CallContext,
): Promise<LoadedImage[]> {
  const { signal, config } = context
  const loaded: LoadedImage[] = []
  let bytesLeft = config.maxCallBytes
  for (const allowed of images) {
    signal.throwIfAborted()
    const { bytes, photo } = await read(allowed, context)
    bytesLeft -= bytes.length
    if (bytesLeft < 0) {
      throw new VisionError(
        'request-too-large',
        `Cannot accept ${images.length} images: their total size is over ${config.maxCallBytes} bytes`,
      )
    }
    const image = await decoding(async () => {
      signal.throwIfAborted()
      const source = await inspectImage(bytes, config)
      const { width, height } = source
      const prepared = await prepareImage(source, config)
      return { width, height, prepared: { ...prepared, ...(photo && { photo: versionOf(photo) }) } }
    })
    loaded.push({ ...image, ...(photo && { photo }) })
  }
  return loaded
}

async function read(
  image: AllowedImage,
  { uid, signal, services, config }: CallContext,
): Promise<{ bytes: Buffer; photo?: Photo }> {
  const { photos, urlImages, bucket } = services
  const { maxImageBytes: maxBytes, urlImageHosts: hosts } = config
  if ('inline' in image) return { bytes: Buffer.from(image.inline, 'base64') }
  if ('url' in image) return { bytes: await urlImages.fetch(image.url, { hosts, maxBytes, signal }) }
  const photo = await photos.findUpload(bucket, image.name, uid)
  if (!photo) throw new VisionError('object-gone', 'Cannot read the photo: the upload does not exist')
  return { bytes: await photos.readUpload(photo, maxBytes), photo }
}
