import { z } from 'zod'

export const annotateImageRequest = z.strictObject({
  path: z.string().min(1).max(1200).describe("One of the caller's uploads, as in an image reference."),
  force: z
    .boolean()
    .optional()
    .describe(
      'Run all steps again, even if they succeeded, and rejected photos. By default only failed or pending steps run, and a rejected photo only if the limit that rejected it has changed.',
    ),
})

export const annotateImageResult = z.object({
  imageId: z.string(),
  generation: z.string(),
  status: z.string().describe("The document's status after the run."),
  error: z.object({ code: z.string(), message: z.string(), retryable: z.boolean() }).optional(),
  ran: z.boolean().describe('`false` if there was nothing to do.'),
})

export type AnnotateImageRequest = z.input<typeof annotateImageRequest>
export type AnnotateImageResult = z.infer<typeof annotateImageResult>
