import { z } from 'zod'
import { patternsOverlap, resultPatterns } from './upload-path.ts'

const configSchema = z
  .object({
    uploadPath: z.string().min(1),
    outputBucket: z.string(),
    provider: z.enum(['gemini-api', 'vertex-ai']),
    vertexLocation: z.string().min(1),
    describeModel: z.string().min(1),
    locateModel: z.string().min(1),
    modelTimeoutSeconds: z.int().min(1).max(240),
    maxImageBytes: z.int().min(1).max(104_857_600),
    maxImagePixels: z.int().min(256).max(268_000_000),
    maxObjects: z.int().min(1).max(255),
    heicEnabled: z.boolean(),
    fullResolution: z.boolean(),
    blurThreshold: z.int().min(0),
    maxInstances: z.int().min(1).max(1000),
  })
  .superRefine((config, context) => {
    // Results that match UPLOAD_PATH would be annotated in turn, for ever and for money: also with another bucket for them, which
    // may be, or become, the same.
    const looping = resultPatterns(config.uploadPath).find((pattern) =>
      patternsOverlap(config.uploadPath, pattern),
    )
    if (looping) {
      context.addIssue({
        code: 'custom',
        path: ['uploadPath'],
        message: `UPLOAD_PATH ${config.uploadPath} matches results (${looping}), so every result would be taken for an upload: choose a path that does not`,
      })
    }
  })

/** What Firesight is told; each value's meaning, unit and default stand in `params.ts`. */
export type Config = z.infer<typeof configSchema>

/** @throws Error when a value is out of bounds, or when results would match UPLOAD_PATH */
export function parseConfig(values: unknown): Config {
  const result = configSchema.safeParse(values)
  if (result.success) return result.data
  throw new Error(`Cannot use the parameters:\n${z.prettifyError(result.error)}`, { cause: result.error })
}
