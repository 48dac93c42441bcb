import { z } from 'zod'

/** What an anonymous user confirms, who cannot sign in again. */
export const ERASURE_CONFIRMATION = 'delete my data'

export const deleteMyDataRequest = z.strictObject({
  confirm: z
    .literal(ERASURE_CONFIRMATION)
    .optional()
    .describe(
      'Required for anonymous users, who cannot sign in again. All other users need a sign-in of the last 5 minutes instead.',
    ),
})

export const deleteUserDataRequest = z.strictObject({
  uid: z
    .string()
    .min(1)
    .max(128)
    .refine((uid) => uid.isWellFormed(), 'must be well-formed Unicode')
    .describe('The user whose data is deleted. The account may be deleted already.'),
})

const count = z.int().min(0)

export const erasureResult = z.object({
  state: z
    .enum(['running', 'verifying', 'done'])
    .describe(
      '`running`: the next sweep continues. `verifying`: all stored data is deleted; a second pass follows after 31 minutes, for functions that were at work. `done`: the second pass has ended.',
    ),
  deleted: z
    .object({
      photos: count.describe('Uploads.'),
      documents: count.describe('Annotations.'),
      files: count.describe('Overlays, masks and other results.'),
      modelFiles: count.describe('Copies for the model service.'),
    })
    .describe('Counts so far. After a crash they may be too low.'),
  requestedAt: z.string().describe('ISO time. Photos that are uploaded later are not deleted.'),
  completedAt: z.string().optional().describe('ISO time of the end of the second pass.'),
})

/** The document `firesightErasures/{key}`: the only record of an erasure. Expires after 30 days. */
export const erasureSchema = z.object({
  state: erasureResult.shape.state,
  uid: z.string(),
  /** The user, or an operator. */
  requestedBy: z.string(),
  requestedAt: z.date(),
  completedAt: z.date().nullable(),
  deleted: erasureResult.shape.deleted,
  /** Code of the failure that interrupted the erasure last. A later sweep tries again. */
  error: z.string().nullable(),
  /** The current part of the pass, and the position in it. */
  part: count,
  cursor: z.string().nullable(),
  /** The function that advances the erasure, and until when. */
  leaseToken: z.string().nullable(),
  leasedUntil: z.date().nullable(),
  /** Requests of the user on this UTC day. */
  ownRequests: z.object({ day: z.string(), count }),
  /** When a sweep continues; null at the end. */
  dueAt: z.date().nullable(),
  updatedAt: z.date(),
  expireAt: z.date(),
})

export type DeleteMyDataRequest = z.input<typeof deleteMyDataRequest>
export type ErasureResult = z.infer<typeof erasureResult>
export type Erasure = z.infer<typeof erasureSchema>
