import { z } from 'zod'

// Shared parts of results. Pixels are those of the upright image, origin top left.

const count = z.int().nonnegative()

export const boxSchema = z
  .object({ x: count, y: count, width: z.int().positive(), height: z.int().positive() })
  .describe('Integer pixels of the upright image, origin top left, within the image.')

export const sizeSchema = z.object({ width: z.int().positive(), height: z.int().positive() })

/** Counts of the reasons why parts of the model's answer could not be used: docs/errors.md. */
export const reasonsSchema = z.record(z.string(), count)

/** In every result: the model and the tokens used. */
export const accountSchema = z.object({
  model: z.object({
    provider: z.enum(['gemini-api', 'vertex-ai']),
    requested: z.string(),
    version: z
      .string()
      .describe('The model that the answer names. A request may be routed to another model.'),
  }),
  usage: z.object({
    promptTokens: count,
    outputTokens: count,
    thoughtTokens: count,
    totalTokens: count,
    calls: count.describe('Answered requests.'),
  }),
  estimatedPromptTokens: count.describe("Estimate of the prompt's tokens by Google's published rules."),
})

export type Account = z.infer<typeof accountSchema>
