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

/** The document `firesightBackfills/{id}`. */
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

/** The result of `startBackfill` and `stopBackfill`. */
export const backfillResult = backfillSchema.omit({ cursor: true, leasedUntil: true }).extend({
  id: z.string(),
  startedAt: z.string().describe('ISO time.'),
  updatedAt: z.string().describe('ISO time.'),
})

/** What a sweep did. */
export const sweepNowResult = z.object({
  redriven: count.describe('Overdue photos that were queued again.'),
  queued: count.describe('Uploads without a document, or with an older one, that were queued.'),
  known: count.describe('Such uploads that were in the queue already.'),
  removed: count.describe('Documents without an upload that were removed with their results.'),
  deletedFiles: count.describe('Result files that no document references.'),
  expired: count.describe('Photos older than RETENTION_DAYS that were deleted.'),
  deletedCopies: count.describe('Copies of deleted photos at the model service that were deleted.'),
  copiesLeft: count.describe('Such copies that could not be deleted yet.'),
  erased: count.describe("Erasures of users' data that have ended."),
  erasuresFailed: count.describe('Erasures that failed. A later sweep tries again.'),
  notDeleted: count.describe(
    'Deletions that Cloud Storage refused, for example because of a hold. A later scan tries again.',
  ),
  refused: z
    .array(
      z.object({
        kind: z.enum(['upload', 'results']),
        imageId: z.string(),
        generation: z.string().describe('The generation of the photo.'),
        reason: z.string(),
      }),
    )
    .exactOptional()
    .describe('The first 20 of these. Absent if there are none.'),
  walked: z
    .boolean()
    .exactOptional()
    .describe('Whether the full scan finished. If not, the schedule continues it.'),
})

export type StartBackfillRequest = z.input<typeof startBackfillRequest>
export type Backfill = z.infer<typeof backfillSchema>
