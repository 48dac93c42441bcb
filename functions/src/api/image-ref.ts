import { z } from 'zod'

/** Types that may be given inline. What counts are the bytes; this is the caller's word for them. */
export const IMAGE_TYPES = ['image/png', 'image/jpeg', 'image/webp', 'image/heic', 'image/heif'] as const

/** Most images of one request, whatever the parameters say. */
export const MAX_IMAGES = 16
/** Most bytes given inline in one request, all images together: with base64 and JSON some 28 MB of the 32 that a function takes. */
export const MAX_INLINE_BYTES = 20 * 1024 * 1024

const path = z
  .string()
  .min(1)
  .max(1200)
  .describe(
    "An upload of the caller: its object name, or the gs:// URL of the app's bucket that `ref.toString()` gives.",
  )

const inlineData = z.strictObject({
  mimeType: z.enum(IMAGE_TYPES),
  data: z.base64().min(1).describe('The bytes as base64, without a `data:` prefix.'),
})

const url = z.string().min(1).max(2048).describe('An https URL of a host that URL_IMAGE_HOSTS allows.')

/** Where an image is. Exactly one of the three; a file of the Files API is never taken from a caller. */
export const imageRef = z.union(
  [z.strictObject({ path }), z.strictObject({ inlineData }), z.strictObject({ url })],
  'must be exactly one of { path }, { inlineData: { mimeType, data } } and { url }',
)

export type ImageRef = z.infer<typeof imageRef>
