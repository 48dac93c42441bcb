import { z } from 'zod'
import { MAX_IMAGES } from '../api/image-ref.ts'
import { STATE_COLLECTIONS } from '../document/state-collections.ts'
import { isCatchAll, patternsOverlap, resultPatterns } from '../document/storage-paths.ts'
import { MEDIA_RESOLUTIONS } from '../ports/vision-model.ts'
import { BUCKET_PATTERN, UPLOAD_PATH_PATTERN } from './questions.ts'

// At least two labels, the last one starting with a letter: no `*`, `*.com`, `localhost` or IP addresses.
const HOST = /^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/
const HOST_HINT =
  'must be hosts such as images.example.com or *.example.com, in lower case or punycode, without scheme, port or path'
const ORIGIN = /^https?:\/\/[a-z0-9.-]+(:\d+)?$/
const ORIGIN_HINT =
  'must be origins as browsers send them, such as https://app.example.com, without a path or *'

/** Empty: the price table (model/prices.ts). */
const PRICE = z
  .string()
  .regex(/^(\d{1,6}(\.\d{1,6})?)?$/, 'must be a price in US dollars, such as 0.75, or empty')
  .transform((text) => (text === '' ? undefined : Number(text)))

/** The default bucket of the project if empty. */
const BUCKET = z
  .string()
  .regex(new RegExp(BUCKET_PATTERN), 'must be the name of a bucket without gs://, or empty')

/** Absolute folders, as in the extensions that Firesight replaces. */
const FOLDERS = z
  .string()
  .transform(toList)
  .pipe(
    z.array(
      z
        .string()
        .max(1024)
        .regex(/^(\/[^\s/,]+)+$/, 'must be absolute paths such as /users/*/pictures, separated by commas'),
    ),
  )

/** A restricted user's share of the allowance of a verified user, by default. */
const RESTRICTED_SHARE = 20

const PRIVATE_COLLECTIONS: ReadonlySet<string> = new Set(Object.values(STATE_COLLECTIONS))

const configSchema = z
  .object({
    /** Empty: the default bucket of the project. */
    uploadBucket: BUCKET,
    uploadPath: z
      .string()
      .regex(
        new RegExp(UPLOAD_PATH_PATTERN),
        'must be a path such as users/{uid}/uploads/{fileName}, with {path=**} only at its end',
      ),
    outputBucket: BUCKET,
    provider: z.enum(['gemini-api', 'vertex-ai']),
    vertexLocation: z.string().min(1),
    describeModel: z.string().min(1),
    locateModel: z.string().min(1),
    answerModel: z.string().min(1),
    compareModel: z.string().min(1),
    fallbackModel: z.string(),
    describeMediaResolution: z.enum(MEDIA_RESOLUTIONS),
    locateMediaResolution: z.enum(MEDIA_RESOLUTIONS),
    answerMediaResolution: z.enum(MEDIA_RESOLUTIONS),
    compareMediaResolution: z.enum(MEDIA_RESOLUTIONS),
    modelTimeoutSeconds: z.int().min(1).max(240),
    modelRequestsPerMinute: z.int().min(0).max(100_000),
    maxImageBytes: z.int().min(1).max(104_857_600),
    maxCallBytes: z.int().min(1).max(524_288_000),
    maxCallImages: z.int().min(2).max(MAX_IMAGES),
    maxImagePixels: z.int().min(256).max(268_000_000),
    maxCallPixels: z.int().min(256).max(4_000_000_000),
    maxObjects: z.int().min(1).max(255),
    prominentObjects: z.int().min(1).max(255),
    maskPoints: z.union([z.literal(0), z.int().min(8).max(200)]),
    heic: z.enum(['off', 'original', 'decode']),
    fullResolution: z.boolean(),
    backfillServiceTier: z.enum(['standard', 'flex']),
    inputTokenPrice: PRICE,
    outputTokenPrice: PRICE,
    blurThreshold: z.int().min(0),
    maxInstances: z.int().min(1).max(1000),
    maxCallInstances: z.int().min(1).max(1000),
    queueConcurrency: z.int().min(1).max(100),
    backfillConcurrency: z.int().min(1).max(100),
    urlImageHosts: z
      .string()
      .transform(toList)
      .pipe(z.array(z.string().max(253).regex(HOST, HOST_HINT))),
    corsOrigins: z
      .string()
      .transform(toList)
      .pipe(z.array(z.string().regex(ORIGIN, ORIGIN_HINT).refine(isOrigin, ORIGIN_HINT))),
    enforceAppCheck: z.union(
      [z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')],
      'must be true or false',
    ),
    consumeAppCheckToken: z.boolean(),
    callsPerMinute: z.int().min(0).max(600),
    tokensPerDay: z.int().min(0),
    projectTokensPerDay: z.int().min(0),
    restrictedTokensPerDay: z
      .string()
      .regex(/^\d{0,12}$/, 'must be a number of tokens, or empty')
      .transform((text) => (text === '' ? undefined : Number(text))),
    restrictedProjectPercent: z.int().min(1).max(100),
    uploadsPerDay: z.int().min(0),
    quotaShards: z.int().min(1).max(1000),
    retentionDays: z.int().min(0).max(3650),
    fullScanDays: z.int().min(1).max(365),
    firestoreDatabase: z
      .string()
      .regex(/^(\(default\)|[a-z][a-z0-9-]{2,61}[a-z0-9])$/, 'must be the id of a Firestore database'),
    imagesCollection: z
      .string()
      .regex(/^(?!__.*__$)[A-Za-z0-9_-]{1,100}$/, 'must be the name of a top-level collection')
      .refine(
        (name) => !PRIVATE_COLLECTIONS.has(name),
        'must not be a collection with state of the functions',
      ),
    quotaScope: z.enum(['project', 'instance']),
    includePaths: FOLDERS,
    excludePaths: FOLDERS,
    extensionCollection: z
      .string()
      .regex(/^$|^[^/]+(\/[^/]+\/[^/]+)*$/, 'must be the path of a collection, such as imageLabels, or empty')
      .refine(
        (path) => !PRIVATE_COLLECTIONS.has(path.split('/', 1)[0] ?? ''),
        'must not be a collection with state of the functions',
      ),
    labelMode: z.enum(['', 'basic', 'full']),
    textDetail: z.enum(['', 'basic', 'full']),
  })
  .superRefine((config, context) => {
    // Vertex AI ignores the field: its own Flex PayGo is a request header, only at the global endpoint.
    // https://docs.cloud.google.com/vertex-ai/generative-ai/docs/flex-paygo, 2026-11
    if (config.backfillServiceTier === 'flex' && config.provider === 'vertex-ai') {
      context.addIssue({
        code: 'custom',
        path: ['backfillServiceTier'],
        message: 'BACKFILL_SERVICE_TIER=flex needs GEMINI_PROVIDER=gemini-api: choose standard for vertex-ai',
      })
    }
    // Calls without an App Check token have no token that could be consumed.
    if (config.consumeAppCheckToken && !config.enforceAppCheck) {
      context.addIssue({
        code: 'custom',
        path: ['consumeAppCheckToken'],
        message:
          'CONSUME_APP_CHECK_TOKEN=true has no effect without ENFORCE_APP_CHECK=true: set both, or neither',
      })
    }
    if (config.extensionCollection !== '' && config.labelMode === '' && config.textDetail === '') {
      context.addIssue({
        code: 'custom',
        path: ['extensionCollection'],
        message: 'COLLECTION_PATH needs LABEL_MODE (labels), DETAIL (text), or both',
      })
    }
    if (config.extensionCollection === config.imagesCollection) {
      context.addIssue({
        code: 'custom',
        path: ['extensionCollection'],
        message: `COLLECTION_PATH ${config.extensionCollection} is the collection of the annotations: choose another one`,
      })
    }
    // A path that matches whole folders never matches results (storage-paths.ts).
    if (isCatchAll(config.uploadPath)) return
    // Results that match UPLOAD_PATH would be annotated in an endless, billed loop. A separate output bucket
    // does not exclude this, because it may be, or become, the same bucket.
    const looping = resultPatterns(config.uploadPath).find((pattern) =>
      patternsOverlap(config.uploadPath, pattern),
    )
    if (looping) {
      context.addIssue({
        code: 'custom',
        path: ['uploadPath'],
        message: `UPLOAD_PATH ${config.uploadPath} matches results (${looping}), so every result would be handled as an upload: choose another path`,
      })
    }
  })
  .transform(({ restrictedTokensPerDay, ...config }) => ({
    ...config,
    restrictedTokensPerDay: restrictedTokensPerDay ?? Math.ceil(config.tokensPerDay / RESTRICTED_SHARE),
  }))

function toList(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

/** Origins are compared as text, so another spelling (`https://app.example.com:443`) would never match. */
function isOrigin(text: string): boolean {
  return URL.parse(text)?.origin === text
}

/** The parameters. `params.ts` and `settings.ts` document the meaning, unit and default of each. */
export type Config = z.infer<typeof configSchema>

/** How many objects the model is asked for, unless a caller names targets. */
export function askedObjects({
  prominentObjects,
  maxObjects,
}: Pick<Config, 'prominentObjects' | 'maxObjects'>): number {
  return Math.min(prominentObjects, maxObjects)
}

/** @throws Error if a value is out of bounds, or if two values cannot be combined */
export function parseConfig(values: unknown): Config {
  const result = configSchema.safeParse(values)
  if (result.success) return result.data
  throw new Error(`Cannot use the parameters:\n${z.prettifyError(result.error)}`, { cause: result.error })
}
