import type { Setting } from './setting.ts'

/** A segment of an object name, or a placeholder such as `{uid}`. */
const SEGMENT = '(\\{[A-Za-z]\\w*\\}|[^{}/\\s]+)'
/** A last segment that matches whole folders. It cannot be the owner. */
const REST = '\\{(?!uid=)[A-Za-z]\\w*=\\*\\*\\}'
export const UPLOAD_PATH_PATTERN = `^(${SEGMENT}/)*(${SEGMENT}|${REST})$`
/** The name of a bucket, or empty. https://docs.cloud.google.com/storage/docs/buckets#naming, 2026-11 */
export const BUCKET_PATTERN = '^([a-z0-9][a-z0-9._\\-]{1,220}[a-z0-9])?$'

/**
 * The settings that the Firebase CLI asks for. params.ts declares them as parameters; this file declares
 * nothing, so that `firesight/lib` can use the defaults.
 */
export const questions = {
  uploadBucket: {
    name: 'UPLOAD_BUCKET',
    /** The default bucket of the project: services.ts. */
    default: '',
    description: 'Bucket whose uploads are annotated. The functions must run in its location.',
  },
  uploadPath: {
    name: 'UPLOAD_PATH',
    default: 'users/{uid}/uploads/{fileName}',
    description:
      'Object names of photos. {uid} marks the owner. A segment in braces matches exactly one segment, and {path=**} at the end matches one or more.',
  },
  provider: {
    name: 'GEMINI_PROVIDER',
    default: 'gemini-api',
    description: 'gemini-api (with the secret GEMINI_API_KEY) or vertex-ai (with the service account).',
  },
  enforceAppCheck: {
    name: 'ENFORCE_APP_CHECK',
    default: 'false',
    description:
      'Do all your apps use App Check? true: calls without a valid App Check token are rejected (recommended in production). false: any program with a user account can call.',
  },
  projectTokensPerDay: {
    name: 'PROJECT_TOKENS_PER_DAY',
    default: 20_000_000,
    description:
      'Maximum number of tokens of all users together per day (UTC), including uploads. 0: no limit.',
  },
  outputBucket: {
    name: 'OUTPUT_BUCKET',
    default: '',
    description:
      'Bucket for overlays and masks. Empty: the bucket of the upload. A separate bucket is recommended in production.',
  },
} satisfies Record<string, Setting>

/** The upload path of a migrated extension, which processed the whole bucket. */
export const WHOLE_BUCKET = '{path=**}'

/** The bucket of an extension that was migrated (docs/migrate-from-extensions.md). */
export function migratedBucket(
  environment: Record<string, string | undefined> = process.env,
): string | undefined {
  return environment.IMG_BUCKET || undefined
}
