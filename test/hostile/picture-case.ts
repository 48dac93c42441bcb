import type { Status } from '../../functions/src/document/annotation.ts'
import type { ErrorCode } from '../../functions/src/errors.ts'

/** How a photo has to end. */
export type Expected = { status: Status; code?: ErrorCode }

/** An upload that nobody takes in good faith, made when it is needed. */
export type PictureCase = {
  name: string
  make: () => Buffer | Promise<Buffer>
  expected: Expected
  /** With HEIC_ENABLED, where that makes a difference. */
  withHeic?: Expected
  /** Stands for more than it is: its refusal must not take long. */
  bomb?: boolean
  /** Takes seconds or some hundred megabytes, so it is for `npm run test:hostile` alone. */
  heavy?: boolean
  /** What is in the file and must not be in the bytes that the model gets. */
  secrets?: readonly string[]
  fileName?: string
  contentType?: string
}

export const SUCCEEDS: Expected = { status: 'succeeded' }
export const rejected = (code: ErrorCode): Expected => ({ status: 'rejected', code })
