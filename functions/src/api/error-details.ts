import { z } from 'zod'

/** `details` of every error that a call ends with. */
export const errorDetails = z.object({
  reason: z.string().describe('The stable code: docs/errors.md.'),
  retryable: z.boolean().describe('Whether the same request may succeed later without a change.'),
  retryAfterMs: z.int().nonnegative().optional().describe('How long to wait at least, in milliseconds.'),
  requestId: z.string().describe('What the functions logged the call under.'),
  issues: z
    .array(z.object({ path: z.string(), message: z.string() }))
    .optional()
    .describe('With `invalid-request`: which fields are wrong, and what would be right.'),
})

export type ErrorDetails = z.infer<typeof errorDetails>
