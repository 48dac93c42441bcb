import { z } from 'zod'

/** Content types of inline images. The functions check the bytes themselves. */
export const IMAGE_TYPES = ['image/png', 'image/jpeg', 'image/webp', 'image/heic', 'image/heif'] as const

/** Maximum number of images in a request, whatever the parameters say. */
export const MAX_IMAGES = 16
/** Maximum size of all inline images of a request. As base64 about 28 MB; a function accepts 32 MB. */
export const MAX_INLINE_BYTES = 20 * 1024 * 1024

const path = z
  .string()
  .min(1)
  .max(1200)
  .describe(
    "One of the caller's uploads: its object name, or the gs:// URL in the app's bucket that `ref.toString()` returns.",
  )

const inlineData = z.strictObject({
  mimeType: z.enum(IMAGE_TYPES),
  data: z.base64().min(1).describe('The bytes as base64, without a `data:` prefix.'),
})

const url = z.string().min(1).max(2048).describe('An https URL with a host that URL_IMAGE_HOSTS allows.')

/** Exactly one of three ways to pass an image. Callers cannot pass a file of the Files API. */
export const imageRef = z.union(
  [z.strictObject({ path }), z.strictObject({ inlineData }), z.strictObject({ url })],
  'must be exactly one of { path }, { inlineData: { mimeType, data } } and { url }',
)

export type ImageRef = z.infer<typeof imageRef>
