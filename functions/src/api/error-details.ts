import { z } from 'zod'

/** `details` of every error of a callable. */
export const errorDetails = z.object({
  reason: z.string().describe('The stable code: docs/errors.md.'),
  retryable: z.boolean().describe('Whether the same request may succeed later.'),
  retryAfterMs: z
    .int()
    .nonnegative()
    .optional()
    .describe('Minimum time to wait before a retry, in milliseconds.'),
  requestId: z.string().describe('The id of the call in the log.'),
  issues: z
    .array(z.object({ path: z.string(), message: z.string() }))
    .optional()
    .describe('With `invalid-request`: the invalid fields, and what is expected.'),
})

export type ErrorDetails = z.infer<typeof errorDetails>
