import { createHash } from 'node:crypto'
import { forEachConcurrently } from '../../concurrency.ts'
import { type ModelFile, type ModelFileStore, type ModelUploads } from '../../ports/model-files.ts'
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
  /** Files of images without an owner: for requests with the same buffer, so of the same photo. */
  private readonly ownerless = new WeakMap<Buffer, ModelFile>()

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
    const sent = await send(placeParts(request.parts, files))
    if (files.size === 0 || !('failure' in sent) || sent.failure.reason !== 'file-unusable') return sent
    await this.forget(request, files)
    return send(placeParts(request.parts, await this.place(request, signal)))
  }

  /** The files of the request, by the hash of their bytes. */
  private async place(request: ModelRequest, signal: AbortSignal | undefined): Promise<Files> {
    const images = request.parts.filter((part) => 'image' in part)
    const files = await this.findFiles(request, images)
    const inline = images.filter((image) => !files.has(hashOf(image)))
    const moved = new Map(tooLargeToInline(request, inline).map((image) => [hashOf(image), image]))
    try {
      await forEachConcurrently(moved, UPLOADS_AT_A_TIME, async ([hash, image]) => {
        files.set(hash, await this.uploadOnce(image, request, signal))
      })
    } catch (error) {
      throw endOf(error, signal)
    }
    return files
  }

  private async findFiles({ owner }: ModelRequest, images: ImagePart[]): Promise<Files> {
    const files: Files = new Map()
    const neededUntil = this.now().getTime() + MARGIN_MS
    await Promise.all(
      images.map(async (image) => {
        const file =
          owner === undefined || owner === null
            ? this.ownerless.get(image.image.data)
            : await this.records.get(this.keyOf(hashOf(image), owner))
        if (file && file.expiresAt.getTime() > neededUntil) files.set(hashOf(image), file)
      }),
    )
    return files
  }

  /** Concurrent requests for the same image share one upload. The first one limits and reports its pauses. */
  private async uploadOnce(
    part: ImagePart,
    request: ModelRequest,
    signal: AbortSignal | undefined,
  ): Promise<ModelFile> {
    const { owner = null } = request
    const image = { ...part.image, owner, sha256: hashOf(part) }
    const key = owner === null ? bufferKey(image.data) : this.keyOf(image.sha256, owner)
    const upload = async (stop: AbortSignal) => {
      const { attempts } = request
      const waited = (ms: number) => attempts?.waited?.(ms)
      const file = await this.uploads.upload(image, stop, { ...request, waited })
      if (owner === null) this.ownerless.set(image.data, file)
      else await this.records.put(key, file)
      return file
    }
    return this.uploading.run(key, upload, signal)
  }

  /** A new file that another worker has stored since is kept. */
  private async forget({ owner, parts }: ModelRequest, files: Files): Promise<void> {
    if (owner === undefined || owner === null) {
      for (const part of parts) if ('image' in part) this.ownerless.delete(part.image.data)
      return
    }
    await Promise.all(
      [...files].map(async ([hash, { uri }]) => {
        const key = this.keyOf(hash, owner)
        const known = await this.records.get(key)
        if (known?.uri === uri) await this.records.remove(key)
      }),
    )
  }

  private keyOf(hash: string, owner: string): string {
    return modelFileKey(this.provider, owner, hash)
  }
}

function placeParts(parts: RequestPart[], files: Files): PlacedPart[] {
  return parts.map((part) => {
    const file = 'image' in part && files.size > 0 ? files.get(hashOf(part)) : undefined
    return 'image' in part && file ? { file: { mimeType: part.image.mimeType, uri: file.uri } } : part
  })
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

/** Includes the owner: otherwise a hash collision would reveal that another user has uploaded an image. */
export function modelFileKey(provider: string, owner: string, sha256: string): string {
  return createHash('sha256')
    .update(JSON.stringify([provider, owner, sha256]))
    .digest('hex')
}
