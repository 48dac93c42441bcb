import type { Status } from '../../functions/src/document/annotation.ts'
import type { ErrorCode } from '../../functions/src/errors.ts'

/** The required end of a photo. */
export type Expected = { status: Status; code?: ErrorCode }

/** A hostile upload, generated on demand. */
export type PictureCase = {
  name: string
  make: () => Buffer | Promise<Buffer>
  expected: Expected
  /** Ends of HEIC and HEIF with other values of HEIC; `expected` is the end with HEIC=off. */
  heic?: { original: Expected; decode: Expected }
  /** A decompression bomb: it must be refused quickly. */
  bomb?: boolean
  /** Takes seconds or hundreds of megabytes, so only `npm run test:hostile` runs it. */
  heavy?: boolean
  /** Contents of the file that must not reach the model. */
  secrets?: readonly string[]
  fileName?: string
  contentType?: string
}

export const SUCCEEDS: Expected = { status: 'succeeded' }
export const rejected = (code: ErrorCode): Expected => ({ status: 'rejected', code })
