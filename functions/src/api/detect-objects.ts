import { z } from 'zod'
import { MASK_FORMS } from '../document/annotation.ts'
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
      .describe(
        'What to detect, for example "the wooden and glass items". By default the prominent objects.',
      ),
    masks: z.boolean().optional().describe('Also segment the objects. Default `false`.'),
    overlay: z.boolean().optional().describe('Also draw an overlay. Default `false`. Requires `masks`.'),
    output: z
      .enum(['inline', 'stored'])
      .optional()
      .describe(
        "Return masks and overlay in the result, or store them as files beside the photo's annotation (requires a path). Default `inline`.",
      ),
  })
  .refine(({ overlay, masks }) => !overlay || masks, { path: ['overlay'], error: 'requires masks: true' })
  .refine(({ output, image }) => output !== 'stored' || 'path' in image, {
    path: ['output'],
    error: 'can be "stored" only for an image given by path',
  })

const mask = z.object({
  form: z.enum(MASK_FORMS).describe('The form in which the model returned the mask.'),
  areaPixels: z.int().positive(),
  path: z.string().optional().describe("With output `stored`: path of a 1-bit PNG of the box's size."),
  polygon: z
    .array(z.int())
    .optional()
    .describe(
      'With output `inline`, for an outline of one ring, with all its points: x, y, x, y, ... in pixels of the image.',
    ),
  png: z
    .string()
    .optional()
    .describe("With output `inline`, for all other masks: base64 of a 1-bit PNG of the box's size."),
})

export const detectObjectsResult = accountSchema.extend({
  image: sizeSchema,
  objects: z.array(
    z.object({
      label: z.string(),
      box: boxSchema,
      box2d: z.array(z.number()).describe("The model's [yMin, xMin, yMax, xMax], each from 0 to 1000."),
      mask: mask.nullable(),
      maskReason: z
        .string()
        .optional()
        .describe('Why there is no mask, if the model returned one that cannot be used: docs/errors.md.'),
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
    .describe('With output `stored`: path of a JSON file with `image`, `objects`, `dropped` and `overlay`.'),
  truncated: z.boolean().describe('The answer was truncated or damaged, so a part of it may be missing.'),
})

export type DetectObjectsRequest = z.input<typeof detectObjectsRequest>
export type DetectObjectsResult = z.infer<typeof detectObjectsResult>
