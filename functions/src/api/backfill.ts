import { z } from 'zod'

export const MAX_BACKFILL_PHOTOS = 100_000

export const startBackfillRequest = z.strictObject({
  prefix: z
    .string()
    .max(1000)
    .optional()
    .describe(
      'Only uploads whose names start with this prefix, for example `users/alice/`. By default all uploads.',
    ),
  maxPhotos: z
    .int()
    .min(1)
    .max(MAX_BACKFILL_PHOTOS)
    .optional()
    .describe('Maximum number of photos to queue. Default 1000.'),
  retry: z
    .boolean()
    .optional()
    .describe(
      'Also run the missing steps of photos that ended `partial`, `failed` or `blocked`, and rejected photos that the present limits or the model may accept.',
    ),
  dryRun: z
    .boolean()
    .optional()
    .describe('`true` (default): only count and estimate. `false`: queue the photos.'),
})

export const sweepNowRequest = z.strictObject({
  allDeferred: z
    .boolean()
    .optional()
    .describe(
      'Also requeue deferred photos that are not due yet, for example after an invalid key was replaced.',
    ),
})

export const backfillRequest = z.strictObject({ id: z.string().regex(/^[\w-]{1,100}$/) })

export const BACKFILL_STATES = ['running', 'done', 'capped', 'stopped'] as const

const count = z.int().min(0)

/** The document `backfills/{id}`. */
export const backfillSchema = z.object({
  state: z
    .enum(BACKFILL_STATES)
    .describe(
      '`done`: all uploads were examined; `capped`: `maxPhotos` was reached; `stopped`: by an operator.',
    ),
  dryRun: z.boolean(),
  prefix: z.string(),
  maxPhotos: count,
  retry: z.boolean(),
  startedBy: z.string().describe("The operator's uid."),
  seen: count.describe('Examined uploads.'),
  photos: count.describe('Photos that need a run: queued, or only counted in a dry run.'),
  estimate: z
    .object({ tokens: count, usd: z.number().min(0).nullable() })
    .describe(
      'Estimated cost of these photos, from typical answer sizes, the media resolution, and the price of each model on this day at BACKFILL_SERVICE_TIER. `usd` is `null` if a price is not known: set INPUT_TOKEN_PRICE and OUTPUT_TOKEN_PRICE.',
    ),
  ended: z
    .record(z.string(), count)
    .describe('Finished runs of queued photos, by status. A run that was delivered twice may count twice.'),
  cursor: z.string().nullable(),
  leasedUntil: z.date().nullable(),
  startedAt: z.date(),
  updatedAt: z.date(),
})

export type StartBackfillRequest = z.input<typeof startBackfillRequest>
export type Backfill = z.infer<typeof backfillSchema>
