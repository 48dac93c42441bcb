import { z } from 'zod'
import { imageRef } from './image-ref.ts'
import { accountSchema, boxSchema, reasonsSchema, sizeSchema } from './results.ts'

export const MAX_TARGETS = 20
/** Characters. */
export const MAX_TARGET_LENGTH = 200

export const detectObjectsRequest = z
  .strictObject({
    image: imageRef,
    targets: z
      .union(
        [
          z.string().trim().min(1).max(MAX_TARGET_LENGTH),
          z.array(z.string().trim().min(1).max(MAX_TARGET_LENGTH)).min(1).max(MAX_TARGETS),
        ],
        `must be text of 1 to ${MAX_TARGET_LENGTH} characters, or a list of 1 to ${MAX_TARGETS} such texts`,
      )
      .optional()
      .describe('What to look for, "the wooden and glass items"; without it, the prominent objects.'),
    masks: z.boolean().optional().describe('Whether objects are segmented too; false without it.'),
    overlay: z
      .boolean()
      .optional()
      .describe('Whether an overlay is drawn; false without it, and it needs masks.'),
    output: z
      .enum(['inline', 'stored'])
      .optional()
      .describe(
        "Where masks and overlay go: into the result alone, or as files beside the photo's annotation (needs a path).",
      ),
  })
  .refine(({ overlay, masks }) => !overlay || masks, { path: ['overlay'], error: 'needs masks: true' })
  .refine(({ output, image }) => output !== 'stored' || 'path' in image, {
    path: ['output'],
    error: 'can be "stored" only for an image given by path',
  })

const mask = z.object({
  form: z.enum(['png', 'polygon']).describe('The form that the model gave.'),
  areaPixels: z.int().positive(),
  path: z.string().optional().describe("With the output `stored`: a 1-bit PNG of the box's size."),
  polygon: z
    .array(z.int())
    .optional()
    .describe('With `inline`, for an outline of one ring: flat x, y, x, y in pixels of the image.'),
  png: z
    .string()
    .optional()
    .describe("With `inline`, for all others: base64 of a 1-bit PNG of the box's size."),
})

export const detectObjectsResult = accountSchema.extend({
  image: sizeSchema,
  objects: z.array(
    z.object({
      label: z.string(),
      box: boxSchema,
      box2d: z.array(z.number()).describe("The model's own [yMin, xMin, yMax, xMax] of 0 to 1000."),
      mask: mask.nullable(),
      maskReason: z
        .string()
        .optional()
        .describe('Why there is no mask, if the model gave one that cannot be used: docs/errors.md.'),
    }),
  ),
  dropped: z.object({ objects: z.int().nonnegative(), reasons: reasonsSchema }),
  overlay: sizeSchema
    .extend({
      contentType: z.literal('image/png'),
      path: z.string().optional(),
      png: z.string().optional().describe('base64'),
    })
    .optional(),
  stored: z
    .object({ path: z.string() })
    .optional()
    .describe(
      'With the output `stored`: a JSON file with `image`, `objects`, `dropped` and `overlay`, for later.',
    ),
  truncated: z.boolean().describe('The answer was cut or damaged, so a part of it may be missing.'),
})

export type DetectObjectsRequest = z.input<typeof detectObjectsRequest>
export type DetectObjectsResult = z.infer<typeof detectObjectsResult>
