import { createHash, randomBytes } from 'node:crypto'
import { readImageSize } from '../vision/picture.ts'
import { ApiError, invalid } from './api-error.ts'

export type StoredFile = {
  id: string
  displayName?: string
  mimeType: string
  bytes: Buffer
  createdAt: Date
  readable: boolean
}

export type FileState = 'PROCESSING' | 'ACTIVE' | 'FAILED'

// https://ai.google.dev/gemini-api/docs/files, 2026-11.
const LIFETIME_MS = 48 * 60 * 60 * 1000
const ID = /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/

/** The files of the Files API, in memory. A file expires after 48 hours of the given clock. */
export class FileStore {
  private readonly files = new Map<string, StoredFile>()
  private readonly now: () => Date
  private readonly processingMs: number

  constructor(now: () => Date, processingMs: number) {
    this.now = now
    this.processingMs = processingMs
  }

  /** @throws ApiError for a name that is invalid or already exists */
  checkName(name: string | undefined): void {
    if (name === undefined) return
    const id = name.replace(/^files\//, '')
    if (!ID.test(id))
      throw invalid(
        `* CreateFileRequest.file.name: Invalid file name "${name}". A name has up to 40 lowercase letters, digits and dashes.`,
      )
    if (this.find(id)) throw new ApiError('ALREADY_EXISTS', `File files/${id} already exists.`)
  }

  async add(file: {
    name?: string
    displayName?: string
    mimeType: string
    bytes: Buffer
  }): Promise<StoredFile> {
    this.checkName(file.name)
    const id = file.name?.replace(/^files\//, '') ?? randomBytes(6).toString('hex')
    const readable = !file.mimeType.startsWith('image/') || (await isReadable(file.bytes))
    const stored: StoredFile = {
      id,
      ...(file.displayName !== undefined && { displayName: file.displayName }),
      mimeType: file.mimeType,
      bytes: file.bytes,
      createdAt: this.now(),
      readable,
    }
    this.files.set(id, stored)
    return stored
  }

  get(id: string): StoredFile {
    const file = this.find(id)
    if (!file)
      throw new ApiError(
        'PERMISSION_DENIED',
        `You do not have permission to access the File ${id} or it may not exist.`,
      )
    return file
  }

  /** Returns a file that is ready for use in requests. */
  getActive(id: string): StoredFile {
    const file = this.get(id)
    if (this.stateOf(file) !== 'ACTIVE')
      throw new ApiError(
        'FAILED_PRECONDITION',
        `The File ${id} is not in an ACTIVE state and usage is not allowed.`,
      )
    return file
  }

  delete(id: string): void {
    this.get(id)
    this.files.delete(id)
  }

  list(): StoredFile[] {
    return [...this.files.keys()].flatMap((id) => this.find(id) ?? []).toReversed()
  }

  stateOf(file: StoredFile): FileState {
    if (this.now().getTime() < file.createdAt.getTime() + this.processingMs) return 'PROCESSING'
    return file.readable ? 'ACTIVE' : 'FAILED'
  }

  /** The `File` resource. https://ai.google.dev/api/files#File, 2026-11. */
  describe(file: StoredFile, baseUrl: string): object {
    const state = this.stateOf(file)
    const created = file.createdAt.toISOString()
    return {
      name: `files/${file.id}`,
      ...(file.displayName !== undefined && { displayName: file.displayName }),
      mimeType: file.mimeType,
      sizeBytes: String(file.bytes.length),
      createTime: created,
      updateTime: created,
      expirationTime: new Date(file.createdAt.getTime() + LIFETIME_MS).toISOString(),
      sha256Hash: createHash('sha256').update(file.bytes).digest('base64'),
      uri: `${baseUrl}/files/${file.id}`,
      state,
      source: 'UPLOADED',
      ...(state === 'FAILED' && { error: { code: 3, message: 'The file could not be read as an image.' } }),
    }
  }

  private find(id: string): StoredFile | undefined {
    const file = this.files.get(id)
    if (file && this.now().getTime() >= file.createdAt.getTime() + LIFETIME_MS) {
      this.files.delete(id)
      return undefined
    }
    return file
  }
}

async function isReadable(bytes: Buffer): Promise<boolean> {
  return readImageSize(bytes).then(
    () => true,
    () => false,
  )
}
