import { z } from 'zod'

// What several results have in common. Pixels are those of the upright image, origin top left.

const count = z.int().nonnegative()

export const boxSchema = z
  .object({ x: count, y: count, width: z.int().positive(), height: z.int().positive() })
  .describe('Integer pixels of the upright image, origin top left, within the image.')

export const sizeSchema = z.object({ width: z.int().positive(), height: z.int().positive() })

/** How often each reason occurred for which a part of the model's answer could not be used: docs/errors.md. */
export const reasonsSchema = z.record(z.string(), count)

/** In every result: who answered, and what it took. */
export const accountSchema = z.object({
  model: z.object({
    provider: z.enum(['gemini-api', 'vertex-ai']),
    requested: z.string(),
    version: z.string().describe('What the answer names: a request may be routed to another model.'),
  }),
  usage: z.object({
    promptTokens: count,
    outputTokens: count,
    thoughtTokens: count,
    totalTokens: count,
    calls: count.describe('Requests that were answered.'),
  }),
  estimatedPromptTokens: count.describe(
    "What the prompt should take by Google's published rules, computed before it was sent.",
  ),
})

export type Account = z.infer<typeof accountSchema>
