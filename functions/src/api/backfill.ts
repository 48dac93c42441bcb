import { z } from 'zod'

export const MOST_BACKFILL_PHOTOS = 100_000

export const startBackfillRequest = z.strictObject({
  prefix: z
    .string()
    .max(1000)
    .optional()
    .describe('Only uploads whose names begin so: `users/alice/`. Without it, all.'),
  maxPhotos: z
    .int()
    .min(1)
    .max(MOST_BACKFILL_PHOTOS)
    .optional()
    .describe('The most photos that are queued, whatever is found. 1000 if absent.'),
  retry: z
    .boolean()
    .optional()
    .describe('Also photos that have ended `partial`, `failed` or `blocked`, for what they lack.'),
  dryRun: z
    .boolean()
    .optional()
    .describe('`false` queues; `true`, which is the default, counts and estimates, and changes nothing.'),
})

export const sweepNowRequest = z.strictObject({
  allDeferred: z
    .boolean()
    .optional()
    .describe(
      'Also photos that are laid aside and not due yet: after a key, a model or a budget was mended.',
    ),
})

export const backfillRequest = z.strictObject({ id: z.string().regex(/^[\w-]{1,100}$/) })

export const BACKFILL_STATES = ['running', 'done', 'capped', 'stopped'] as const

const count = z.int().min(0)

/** The document `backfills/{id}`. */
export const backfillSchema = z.object({
  state: z
    .enum(BACKFILL_STATES)
    .describe('`capped`: `maxPhotos` was reached; `stopped`: by an operator; `done`: all was seen.'),
  dryRun: z.boolean(),
  prefix: z.string(),
  maxPhotos: count,
  retry: z.boolean(),
  startedBy: z.string().describe("The operator's uid."),
  seen: count.describe('Uploads that were looked at.'),
  photos: count.describe('Photos that need to be run: counted in a dry run, queued else.'),
  estimate: z
    .object({ tokens: count, usd: z.number().min(0) })
    .describe(
      'What those photos are likely to take, by the sizes of ordinary answers and INPUT_TOKEN_PRICE and OUTPUT_TOKEN_PRICE.',
    ),
  ended: z
    .record(z.string(), count)
    .describe(
      'Runs of queued photos that have ended, by status. One that was delivered twice may count twice.',
    ),
  cursor: z.string().nullable(),
  leasedUntil: z.date().nullable(),
  startedAt: z.date(),
  updatedAt: z.date(),
})

export type StartBackfillRequest = z.input<typeof startBackfillRequest>
export type Backfill = z.infer<typeof backfillSchema>
