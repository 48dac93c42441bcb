import { z } from 'zod'
import { imageRef } from './image-ref.ts'
import { accountSchema } from './results.ts'

export const MAX_LABEL_SET = 100
/** Characters. */
export const MAX_LABEL_LENGTH = 60
export const MAX_STYLE_LENGTH = 200

const label = z.string().trim().min(1).max(MAX_LABEL_LENGTH)

export const describeImageRequest = z.strictObject({
  image: imageRef,
  language: z
    .string()
    .max(35)
    .refine(isLanguage, 'must be a BCP 47 language tag such as "de" or "pt-BR"')
    .optional()
    .describe('Language of caption, alt text and free labels. Default English.'),
  style: z
    .string()
    .trim()
    .min(1)
    .max(MAX_STYLE_LENGTH)
    .optional()
    .describe('Style of caption and alt text, for example "for a shop, two sentences".'),
  labelSet: z
    .array(label)
    .min(1)
    .max(MAX_LABEL_SET)
    .refine((labels) => new Set(labels).size === labels.length, 'must not contain a label twice')
    .optional()
    .describe('The only allowed labels (classification). By default labels are free.'),
})

export const describeImageResult = accountSchema.extend({
  caption: z.string(),
  altText: z.string(),
  labels: z
    .array(z.string())
    .describe(
      'The most relevant first. With `labelSet`, as written there; otherwise free labels in lower case.',
    ),
  dropped: z.object({
    labels: z.int().nonnegative().describe('Labels of the answer that `labelSet` does not contain.'),
  }),
  truncated: z.boolean().describe('The answer was truncated or damaged, so a part of it may be missing.'),
})

function isLanguage(tag: string): boolean {
  try {
    // Accepts language, script and region, which have a display name. Extensions have none.
    return new Intl.DisplayNames('en', { type: 'language' }).of(tag) !== undefined
  } catch {
    // `of` throws for an invalid tag.
    return false
  }
}

export type DescribeImageRequest = z.input<typeof describeImageRequest>
export type DescribeImageResult = z.infer<typeof describeImageResult>
