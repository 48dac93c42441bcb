import { z } from 'zod'
import { questionText } from './answer-question.ts'
import { imageRef, MAX_IMAGES } from './image-ref.ts'
import { accountSchema, boxSchema, reasonsSchema, sizeSchema } from './results.ts'

export const compareImagesRequest = z.strictObject({
  images: z.array(imageRef).min(2).max(MAX_IMAGES),
  question: questionText.optional().describe('What the comparison should focus on.'),
})

const region = z.object({
  image: z.int().nonnegative().describe('The index in `images` of the request, from 0.'),
  box: boxSchema,
})

export const compareImagesResult = accountSchema.extend({
  summary: z.string(),
  similarities: z.array(z.string()),
  differences: z.array(z.object({ description: z.string(), regions: z.array(region) })),
  images: z
    .array(sizeSchema)
    .describe('The upright sizes that the boxes refer to, in the order of the request.'),
  dropped: z
    .object({ regions: z.int().nonnegative(), differences: z.int().nonnegative(), reasons: reasonsSchema })
    .describe('Parts of the answer that could not be used. Clipped boxes count as `region-clipped`.'),
  truncated: z.boolean().describe('The answer was truncated or damaged, so a part of it may be missing.'),
})

export type CompareImagesRequest = z.input<typeof compareImagesRequest>
export type CompareImagesResult = z.infer<typeof compareImagesResult>
