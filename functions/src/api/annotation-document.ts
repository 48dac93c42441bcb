import { z } from 'zod'
import { MASK_FORMS, SCHEMA_VERSION } from '../document/annotation.ts'
import type { Dropped, DropReason } from '../document/drop-reasons.ts'
import type { ErrorCode } from '../errors.ts'
import { boxSchema, sizeSchema } from './results.ts'

// The document `images/{imageId}` as a schema, from which docs/schemas is generated. The type is
// document/annotation.ts; a test of the types keeps both equal.

const count = z.int().nonnegative()
const time = z.date()

// Later versions add codes and reasons, so readers accept any text.
const errorCode = z.string().describe('A stable code: docs/errors.md.') as unknown as z.ZodType<ErrorCode>
const dropReason = z
  .string()
  .describe('Why there is no mask: docs/errors.md.') as unknown as z.ZodType<DropReason>
const dropReasons = z.record(z.string(), count) as unknown as z.ZodType<Dropped>

const storedError = z
  .object({
    code: errorCode,
    message: z.string().describe('For users: contains no paths, keys or model text.'),
    retryable: z.boolean(),
    limit: z
      .object({
        name: z.enum(['MAX_IMAGE_BYTES', 'MAX_IMAGE_PIXELS', 'HEIC']),
        value: z.union([z.number(), z.string()]),
      })
      .exactOptional()
      .describe('The parameter that rejected the photo, with its value then.'),
  })
  .meta({ title: 'StoredError' })

const modelIdentity = z
  .object({
    provider: z.enum(['gemini-api', 'vertex-ai']),
    requested: z.string(),
    version: z.string().describe('The model that the answer names.'),
  })
  .meta({ title: 'ModelIdentity' })

const usage = z
  .object({
    promptTokens: count,
    outputTokens: count,
    thoughtTokens: count,
    totalTokens: count,
    calls: count.describe('Answered requests.'),
  })
  .meta({ title: 'Usage' })

const modelStep = z
  .object({
    state: z.enum(['pending', 'succeeded', 'failed']),
    model: modelIdentity.exactOptional(),
    promptVersion: z.string().exactOptional(),
    usage: usage.exactOptional(),
    answer: z
      .enum(['read', 'salvaged'])
      .exactOptional()
      .describe('`salvaged`: the answer was damaged, so parts may be missing.'),
    answerId: z.string().exactOptional().describe('The stored answer from which the objects are drawn.'),
    paidCalls: count.exactOptional().describe('Attempts that were or may have been billed.'),
    error: storedError.exactOptional(),
  })
  .meta({ title: 'ModelStep' })

const steps = z
  .object({
    describe: modelStep,
    locate: modelStep,
    draw: z.object({ state: z.enum(['pending', 'succeeded', 'skipped']) }),
  })
  .meta({ title: 'Steps' })

const storedObject = z
  .object({
    label: z.string(),
    box: boxSchema,
    box2d: z.array(z.number()).describe("The model's [yMin, xMin, yMax, xMax], each from 0 to 1000."),
    mask: z
      .object({
        form: z.enum(MASK_FORMS).describe('The form in which the model returned the mask.'),
        path: z.string().describe("Path of a 1-bit PNG of the box's size."),
        areaPixels: count,
        polygon: z
          .array(z.number())
          .exactOptional()
          .describe('An outline of at most 24 points (more in version 1): x, y, x, y, ... in pixels.'),
      })
      .nullable(),
    maskReason: dropReason.exactOptional(),
  })
  .meta({ title: 'StoredObject', description: 'Pixels of the upright image, origin top left.' })

const picture = sizeSchema.extend({ path: z.string() }).meta({ title: 'Picture' })

const photo = {
  schemaVersion: z.literal([1, SCHEMA_VERSION]),
  owner: z.string().nullable().describe('The user id; null if UPLOAD_PATH has no `{uid}`.'),
  bucket: z.string(),
  generation: z.string().regex(/^\d+$/).describe("Cloud Storage's version number of the object."),
  createdAt: time,
  updatedAt: time,
}

/** A photo and its results. */
export const annotationSchema = z.object({
  ...photo,
  name: z.string(),
  contentType: z.string().describe('As the uploader declared it. Never trusted.'),
  sizeBytes: count,
  status: z.enum([
    'processing',
    'succeeded',
    'partial',
    'rejected',
    'blocked',
    'failed',
    'deferred',
    'superseded',
  ]),
  error: storedError.exactOptional(),
  image: z
    .object({
      width: z.int().positive().describe('Pixels of the upright image.'),
      height: z.int().positive(),
      format: z.string(),
      orientation: z.int().min(1).max(8).describe('The EXIF orientation of the file.'),
      decoded: z
        .boolean()
        .exactOptional()
        .describe('False: no decoder for the format is enabled. Absent in version 1: true.'),
      sharpness: z.number().exactOptional(),
      blurred: z.boolean().exactOptional(),
      sha256: z.string(),
    })
    .exactOptional(),
  caption: z.string().exactOptional(),
  altText: z.string().exactOptional(),
  labels: z.array(z.string()).exactOptional().describe('Lower case, the most relevant first.'),
  text: z.string().exactOptional().describe('The text that is visible in the picture.'),
  objects: z
    .array(storedObject)
    .exactOptional()
    .describe('An empty list: the model reported none. Absent: not known.'),
  dropped: z
    .object({ objects: count, reasons: dropReasons })
    .exactOptional()
    .describe(
      "Unusable parts of the model's answer: the number of lost objects, and the count of each reason.",
    ),
  overlay: picture
    .extend({ contentType: z.literal('image/png') })
    .exactOptional()
    .describe("An indexed PNG of the upright size whose pixel value is the object's index + 1."),
  preview: picture.exactOptional().describe('A JPEG for formats that browsers do not show (HEIC, HEIF).'),
  thumbnail: picture.exactOptional().describe('A JPEG of at most 320 pixels and 20 kB.'),
  model: modelIdentity.extend({ promptVersion: z.string() }).exactOptional(),
  usage: usage.exactOptional(),
  steps,
  lease: z
    .object({ token: z.string(), expiresAt: time })
    .nullable()
    .describe('The worker that holds the photo, and until when.'),
  attempts: count.describe('Claims of this generation, without those that ended with a transient failure.'),
  crashes: count.describe('Workers that died.'),
  deferrals: count.exactOptional().describe('Deferrals in a row.'),
  deferredSince: time.exactOptional(),
  nextAttemptAt: time.exactOptional().describe('While `deferred`: an earlier attempt would fail.'),
  dueAt: time.exactOptional().describe('When the sweeper re-queues the photo.'),
  dueShard: count.exactOptional().describe('With `dueAt`: spreads the index of the sweeper.'),
  completedAt: time.exactOptional(),
  timingsMs: z
    .record(z.string(), z.number())
    .exactOptional()
    .describe('Milliseconds of the last run: `total`, each stage, and `modelRetryWait`.'),
})

/** A deleted photo. */
export const tombstoneSchema = z.object({
  ...photo,
  status: z.literal('deleted'),
  completedAt: time.describe('When the photo was deleted.'),
  expireAt: time.describe('When the document is removed.'),
})
