import type { ImageRef } from '../api/image-ref.ts'
import type { Config } from '../config/config.ts'
import { type Photo, versionOf } from '../document/annotation.ts'
import type { Size } from '../document/box.ts'
import { VisionError } from '../errors.ts'
import { checkImageUrl } from '../image/image-url.ts'
import { instanceLimits } from '../image/instance-limits.ts'
import { preloadDecoders } from '../image/loading.ts'
import { type PreparedImage, prepareImage } from '../image/prepare.ts'
import { isHeif } from '../image/sniff.ts'
import { inspectImage, type SourceImage } from '../image/source-image.ts'
import type { Spender } from '../ports/quota-store.ts'
import type { CallContext } from './callable-frame.ts'
import { ownUpload } from './own-upload.ts'

/** An image of a call, ready for the model. `width` and `height` are the upright size of the original. */
export type LoadedImage = Size & { prepared: PreparedImage; photo?: Photo }

/** An image that the caller may use. Nothing has been read yet. */
export type AllowedImage = { name: string } | { inline: string } | { url: string }

/**
 * Checks that the caller may use all images. Looks only at the references, before anything is read.
 * @throws VisionError `path-not-allowed`, `url-not-allowed`
 */
export function allowImages(
  references: readonly ImageRef[],
  { uid, services: { bucket }, config }: CallContext,
): AllowedImage[] {
  return references.map((reference) => {
    if ('path' in reference) return { name: ownUpload(reference.path, uid, { bucket, selection: config }) }
    if ('inlineData' in reference) return { inline: reference.inlineData.data }
    checkImageUrl(reference.url, { hosts: config.urlImageHosts, port: 443 })
    return reference
  })
}

type ReadImage = { bytes: Buffer; photo?: Photo }

/** `take` hands the image over once, so that its bytes can be freed. `ended` never rejects. */
export type ReadAhead = { take: () => Promise<ReadImage | undefined>; ended: Promise<void> }

export function readAhead(...given: Parameters<typeof readFirst>): ReadAhead {
  let reading: Promise<ReadImage | undefined> | undefined = readFirst(...given)
  // A failure is thrown by `take`.
  const ended = reading.then(
    () => undefined,
    () => undefined,
  )
  const take = async () => {
    const taken = reading
    reading = undefined
    return taken
  }
  return { take, ended }
}

/**
 * Reads the first image while the tokens are reserved, if it is an upload and the allowances permit the call:
 * a call over its quota downloads nothing, and a call that waits for other calls of its user holds one file.
 * @returns undefined if the image is to be read later
 * @throws VisionError as `loadImages`
 */
async function readFirst(
  [image]: readonly AllowedImage[],
  spender: Spender,
  least: number,
  context: CallContext,
): Promise<ReadImage | undefined> {
  if (!image || !('name' in image)) return undefined
  const { services, config } = context
  const isPermitted = await services.quota.look(spender.uid, services.now()).then(
    (check) => {
      check(spender, least, config)
      return true
    },
    () => false, // The reservation throws this failure.
  )
  return isPermitted ? read(image, context) : undefined
}

/**
 * Reads the other images, then checks the headers of all, then decodes one after another: a call that breaks a
 * limit costs no decoding.
 * @param onDecoding called with the index of an image before its decoding starts
 * @throws VisionError `url-not-allowed` for redirects, `url-unreadable`, `object-gone`, `request-too-large`,
 * and as `inspectImage` and `prepareImage`
 */
export async function loadImages(
  images: readonly AllowedImage[],
  ahead: ReadAhead,
  context: CallContext,
  onDecoding: (index: number) => void,
): Promise<LoadedImage[]> {
  const { signal, config } = context
  const files = await readAll(images, ahead, context)
  const sources: { source: SourceImage; photo?: Photo }[] = []
  for (let index = 0; index < images.length; index++) {
    const { bytes, photo } = files.shift()!
    // libheif reads the size of a HEIC image, in a thread whose start alone takes 130 ms of CPU time.
    const startsDecoder = config.heic === 'decode' && isHeif(bytes)
    const source = await instanceLimits.withDecoder(startsDecoder, signal, async () => {
      if (startsDecoder) onDecoding(index)
      return inspectImage(bytes, config)
    })
    sources.push({ source, ...(photo && { photo }) })
  }
  checkCallPixels(sources, config)
  const loaded: LoadedImage[] = []
  for (let index = 0; index < images.length; index++) {
    // Removed from the list, so that its bytes can be freed.
    const { source, photo } = sources.shift()!
    const startsHeicDecoder = source.decodable && isHeif(source.bytes)
    const prepared = await instanceLimits.withDecoder(startsHeicDecoder, signal, async () => {
      if (source.decodable && !startsHeicDecoder) onDecoding(index)
      return prepareImage(source, config)
    })
    const { width, height } = source
    loaded.push(
      photo
        ? { width, height, prepared: { ...prepared, photo: versionOf(photo) }, photo }
        : { width, height, prepared },
    )
  }
  return loaded
}

/** @throws VisionError `request-too-large` if the images have too many bytes in total; as `read` */
async function readAll(
  images: readonly AllowedImage[],
  ahead: ReadAhead,
  context: CallContext,
): Promise<ReadImage[]> {
  const { signal, config } = context
  const files: ReadImage[] = []
  let bytesLeft = config.maxCallBytes
  for (const image of images) {
    signal.throwIfAborted()
    const file = (files.length === 0 && (await ahead.take())) || (await read(image, context))
    bytesLeft -= file.bytes.length
    if (bytesLeft < 0) throw tooLarge(images, `their total size is over ${config.maxCallBytes} bytes`)
    files.push(file)
  }
  return files
}

/** @throws VisionError `request-too-large` */
function checkCallPixels(images: readonly { source: SourceImage }[], config: Config): void {
  const pixels = images.reduce((sum, { source }) => sum + source.decodingPixels, 0)
  // One image is always allowed up to its own limit.
  const limit = Math.max(config.maxCallPixels, config.maxImagePixels)
  if (images.length > 1 && pixels > limit)
    throw tooLarge(images, `decoding them costs ${pixels} pixels, the limit is ${limit}`)
}

function tooLarge(images: readonly unknown[], reason: string): VisionError {
  return new VisionError('request-too-large', `Cannot accept ${images.length} images: ${reason}`)
}

async function read(image: AllowedImage, { uid, signal, services, config }: CallContext): Promise<ReadImage> {
  const { bucket, photos, urlImages } = services
  const { maxImageBytes: maxBytes, urlImageHosts: hosts } = config
  if ('inline' in image) return { bytes: Buffer.from(image.inline, 'base64') }
  if ('url' in image) return { bytes: await urlImages.fetch(image.url, { hosts, maxBytes, signal }) }
  const reading = photos.readLive({ bucket, name: image.name, owner: uid }, maxBytes)
  void preloadDecoders()
  const live = await reading
  if (!live) throw new VisionError('object-gone', 'Cannot read the photo: the upload does not exist')
  return live
}
