import type { z } from 'zod'
import type { ErrorDetails } from '../api/error-details.ts'
import { MAX_INLINE_BYTES } from '../api/image-ref.ts'
import type { Config } from '../config/config.ts'
import { VisionError } from '../errors.ts'

/** A request that does not match the schema. `issues` lists the wrong fields for the client. */
export class InvalidRequest extends VisionError {
  readonly issues: NonNullable<ErrorDetails['issues']>

  constructor(error: z.ZodError) {
    super('invalid-request', `Cannot read the request: ${error.issues.length} fields are invalid`)
    this.issues = error.issues.slice(0, MAX_ISSUES).map(({ path, message }) => ({
      path: path.map((key) => String(key).slice(0, MAX_KEY_LENGTH)).join('.'),
      message: message.slice(0, MAX_MESSAGE_LENGTH),
    }))
  }
}

const MAX_ISSUES = 10
const MAX_KEY_LENGTH = 60
const MAX_MESSAGE_LENGTH = 300

/**
 * Reads the data of a call. Checks counts and sizes first, because the schema reads every byte of its input.
 * @throws VisionError `too-many-images`, `request-too-large`; InvalidRequest
 */
export function readRequest<S extends z.ZodType>(
  data: unknown,
  schema: S,
  { maxCallImages }: Pick<Config, 'maxCallImages'>,
): z.output<S> {
  const images = imagesOf(data)
  if (images.length > maxCallImages) {
    throw new VisionError(
      'too-many-images',
      `Cannot accept ${images.length} images in one call, the limit is ${maxCallImages}`,
    )
  }
  const characters = images.reduce<number>((sum, image) => sum + inlineLength(image), 0)
  if ((characters / 4) * 3 > MAX_INLINE_BYTES + 3 * images.length) {
    throw new VisionError(
      'request-too-large',
      `Cannot accept ${characters} characters of base64, the limit is ${MAX_INLINE_BYTES} bytes in total`,
    )
  }
  const parsed = schema.safeParse(data)
  if (!parsed.success) throw new InvalidRequest(parsed.error)
  return parsed.data
}

function imagesOf(data: unknown): unknown[] {
  if (typeof data !== 'object' || data === null) return []
  const { images, image } = data as { images?: unknown; image?: unknown }
  return [images ?? image ?? []].flat()
}

function inlineLength(image: unknown): number {
  const inline = (image as { inlineData?: { data?: unknown } } | null)?.inlineData?.data
  return typeof inline === 'string' ? inline.length : 0
}
