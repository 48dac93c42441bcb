import { createHash } from 'node:crypto'
import { forEachConcurrently } from '../../concurrency.ts'
import type { ModelFile, ModelFileSource, ModelFileStore, ModelUploads } from '../../ports/model-files.ts'
import { type ImagePart, type ModelRequest, type RequestPart } from '../../ports/vision-model.ts'
import type { Sent } from '../retry.ts'
import { tooLargeToInline } from './inline-size.ts'
import { endOf } from './service-error.ts'
import { SingleFlight } from './single-flight.ts'

/** A part as it is sent: files replace some images. */
export type PlacedPart = RequestPart | { file: { mimeType: string; uri: string } }

export type ImageFilesOptions = { records: ModelFileStore; uploads: ModelUploads; now?: () => Date }

/** Files that expire sooner are not used: they must exist until the last retry of the request. */
const MARGIN_MS = 60 * 60 * 1000
const UPLOADS_AT_A_TIME = 4

type Files = Map<string, ModelFile>

/** Replaces images by files: those that do not fit into the request, and those whose file exists already. */
export class ImageFiles {
  private readonly provider: string
  private readonly records: ModelFileStore
  private readonly uploads: ModelUploads
  private readonly now: () => Date
  private readonly uploading = new SingleFlight<ModelFile>()
  /** Files of images with neither owner nor photo: for requests with the same buffer. */
  private readonly unrecorded = new WeakMap<Buffer, ModelFile>()

  constructor(provider: string, { records, uploads, now = () => new Date() }: ImageFilesOptions) {
    this.provider = provider
    this.records = records
    this.uploads = uploads
    this.now = now
  }

  /**
   * Sends the parts of a request, with files in place of some images. Sends them again with new files if the
   * service cannot use those: files disappear before they expire, when they are deleted or when the key
   * belongs to another project.
   */
  async withFiles<T>(
    request: ModelRequest,
    signal: AbortSignal | undefined,
    send: (parts: PlacedPart[]) => Promise<Sent<T>>,
  ): Promise<Sent<T>> {
    const files = await this.place(request, signal)
    const sent = await send(this.placeParts(request, files))
    if (files.size === 0 || !('failure' in sent) || sent.failure.reason !== 'file-unusable') return sent
    await this.forget(request, files)
    return send(this.placeParts(request, await this.place(request, signal)))
  }

  /** The files of the request by `keyOf`. */
  private async place(request: ModelRequest, signal: AbortSignal | undefined): Promise<Files> {
    const images = request.parts.filter((part) => 'image' in part)
    // A single image that fits is sent inline: a file would save no time, and finding it takes a read.
    const fits = images.length <= 1 && tooLargeToInline(request, images).length === 0
    const files = fits ? new Map<string, ModelFile>() : await this.findFiles(request, images)
    const inline = images.filter((image) => !files.has(this.keyOf(image, request)))
    const moved = new Map(
      tooLargeToInline(request, inline).map((image) => [this.keyOf(image, request), image]),
    )
    try {
      await forEachConcurrently(moved, UPLOADS_AT_A_TIME, async ([key, image]) => {
        files.set(key, await this.uploadOnce(key, image, request, signal))
      })
    } catch (error) {
      throw endOf(error, signal)
    }
    return files
  }

  private async findFiles(request: ModelRequest, images: ImagePart[]): Promise<Files> {
    const files: Files = new Map()
    const neededUntil = this.now().getTime() + MARGIN_MS
    await Promise.all(
      images.map(async (image) => {
        const key = this.keyOf(image, request)
        const file = sourceOf(image, request)
          ? await this.records.get(key)
          : this.unrecorded.get(image.image.data)
        if (file && file.expiresAt.getTime() > neededUntil) files.set(key, file)
      }),
    )
    return files
  }

  /** Concurrent requests for the same image share one upload. The first one limits and reports its pauses. */
  private async uploadOnce(
    key: string,
    part: ImagePart,
    request: ModelRequest,
    signal: AbortSignal | undefined,
  ): Promise<ModelFile> {
    const { mimeType, data } = part.image
    const source = sourceOf(part, request)
    const image = { owner: source?.owner ?? null, sha256: hashOf(part), mimeType, data }
    const upload = async (stop: AbortSignal) => {
      const { attempts } = request
      const waited = (ms: number) => attempts?.waited?.(ms)
      const file = await this.uploads.upload(image, stop, { ...request, waited })
      if (source) await this.records.put(key, { ...file, ...source })
      else this.unrecorded.set(data, file)
      return file
    }
    return this.uploading.run(key, upload, signal)
  }

  /** A new file that another worker has stored since is kept. */
  private async forget({ parts }: ModelRequest, files: Files): Promise<void> {
    for (const part of parts) if ('image' in part) this.unrecorded.delete(part.image.data)
    await Promise.all([...files].map(async ([key, { uri }]) => this.records.remove({ key, uri })))
  }

  private placeParts(request: ModelRequest, files: Files): PlacedPart[] {
    return request.parts.map((part) => {
      const file = 'image' in part && files.size > 0 ? files.get(this.keyOf(part, request)) : undefined
      return 'image' in part && file ? { file: { mimeType: part.image.mimeType, uri: file.uri } } : part
    })
  }

  /** The key of the record, or of the buffer of an image without a record. */
  private keyOf(part: ImagePart, request: ModelRequest): string {
    const source = sourceOf(part, request)
    return source ? modelFileKey(this.provider, source, hashOf(part)) : bufferKey(part.image.data)
  }
}

/** @returns undefined for an image with neither owner nor photo, whose file has no record */
function sourceOf({ image }: ImagePart, { owner = null }: ModelRequest): ModelFileSource | undefined {
  const { photo = null } = image
  return owner === null && photo === null ? undefined : { owner, photo }
}

/** The model steps of one photo send the same bytes. */
const hashes = new WeakMap<Buffer, string>()

function hashOf({ image: { data } }: ImagePart): string {
  const hash = hashes.get(data) ?? createHash('sha256').update(data).digest('hex')
  hashes.set(data, hash)
  return hash
}

let buffers = 0
const bufferKeys = new WeakMap<Buffer, string>()

/** Different for each buffer, even if the bytes are equal. */
function bufferKey(data: Buffer): string {
  const key = bufferKeys.get(data) ?? `buffer ${++buffers}`
  bufferKeys.set(data, key)
  return key
}

/**
 * Includes the owner: otherwise a hash collision would reveal that another user has uploaded an image.
 * Includes the photo, so that a file is a copy of one photo and is deleted with it.
 */
export function modelFileKey(provider: string, { owner, photo }: ModelFileSource, sha256: string): string {
  return createHash('sha256')
    .update(JSON.stringify([provider, owner, ...(photo ? [photo.imageId] : []), sha256]))
    .digest('hex')
}
