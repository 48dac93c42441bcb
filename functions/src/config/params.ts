import { defineBoolean, defineInt, defineSecret, defineString } from 'firebase-functions/params'

/** The Gemini API key. With the provider `vertex-ai` it must exist, since secrets are bound when deploying, but is not used. */
export const GEMINI_API_KEY = defineSecret('GEMINI_API_KEY')

export const maxInstances = defineInt('MAX_INSTANCES', {
  default: 5,
  description: 'Most instances of the upload trigger: the last wall before a bill. 1 to 1000.',
})

export const maxCallInstances = defineInt('MAX_CALL_INSTANCES', {
  default: 10,
  description: 'Most instances of each function that clients call. 1 to 1000.',
})

export const region = defineString('FUNCTIONS_REGION', {
  default: 'us-central1',
  description:
    "Where the functions run. It must be the bucket's location, or one within it (us-central1 for a bucket in US).",
})

export const queueConcurrency = defineInt('QUEUE_CONCURRENCY', {
  default: 3,
  description: 'Photos that are worked on at a time from the queue of sweeps and backfills. 1 to 100.',
})

/** What the code needs to know; `readConfig()` gives the values. This file loads with the entry, so it checks none itself. */
export const params = {
  maxInstances,
  maxCallInstances,
  uploadPath: defineString('UPLOAD_PATH', {
    default: 'users/{uid}/uploads/{fileName}',
    description:
      'Which objects are photos. {uid} marks the owner; a segment in braces matches exactly one segment.',
  }),
  outputBucket: defineString('OUTPUT_BUCKET', {
    default: '',
    description:
      'Bucket for overlays and masks; empty for the bucket of the upload. Another bucket is recommended in production.',
  }),
  provider: defineString('GEMINI_PROVIDER', {
    default: 'gemini-api',
    description: 'gemini-api (with the secret GEMINI_API_KEY) or vertex-ai (with the service account).',
  }),
  vertexLocation: defineString('VERTEX_LOCATION', {
    default: 'global',
    description: 'Location of Vertex AI, used with the provider vertex-ai.',
  }),
  describeModel: defineString('DESCRIBE_MODEL', {
    default: 'gemini-3.8-flash',
    description: 'Model for caption, alt text, labels and text.',
  }),
  locateModel: defineString('LOCATE_MODEL', {
    default: 'gemini-3.8-flash',
    description: 'Model for objects, boxes and masks.',
  }),
  answerModel: defineString('ANSWER_MODEL', {
    default: 'gemini-3.8-flash',
    description: 'Model for questions about images.',
  }),
  compareModel: defineString('COMPARE_MODEL', {
    default: 'gemini-3.8-flash',
    description: 'Model for comparisons of images.',
  }),
  fallbackModel: defineString('FALLBACK_MODEL', {
    default: '',
    description:
      'Model that is asked in the place of one that is gone or stays overloaded, whichever it was. Empty: none.',
  }),
  modelTimeoutSeconds: defineInt('MODEL_TIMEOUT_SECONDS', {
    default: 60,
    description: 'Longest wait for one answer of the model, in seconds. 1 to 240.',
  }),
  maxImageBytes: defineInt('MAX_IMAGE_BYTES', {
    default: 20 * 1024 * 1024,
    description: 'Largest photo, in bytes. 1 to 104857600.',
  }),
  maxCallBytes: defineInt('MAX_CALL_BYTES', {
    default: 100 * 1024 * 1024,
    description: 'Most bytes of all images of one call together. 1 to 524288000.',
  }),
  maxCallImages: defineInt('MAX_CALL_IMAGES', {
    default: 16,
    description: 'Most images of one call. 2 to 16.',
  }),
  maxImagePixels: defineInt('MAX_IMAGE_PIXELS', {
    default: 50_000_000,
    description: 'Largest photo, in pixels (width x height). 256 to 268000000.',
  }),
  maxObjects: defineInt('MAX_OBJECTS', {
    default: 100,
    description: 'Most objects kept for one photo. 1 to 255, the pixel values of an overlay.',
  }),
  heicEnabled: defineBoolean('HEIC_ENABLED', {
    default: false,
    description:
      'Accept HEIC and HEIF photos. Their decoder, libheif, is LGPL-3.0, and HEVC is covered by patents.',
  }),
  fullResolution: defineBoolean('FULL_RESOLUTION', {
    default: false,
    description: 'Send the photo to the model at full size rather than as a copy of at most 1536 pixels.',
  }),
  urlImageHosts: defineString('URL_IMAGE_HOSTS', {
    default: '',
    description:
      'Hosts that images may be fetched from, separated by commas: `images.example.com`, or `*.example.com` for all those below it, but not itself. No addresses. Empty: none. A star trusts whoever can get a name below it: none where strangers can, as below `web.app`.',
  }),
  corsOrigins: defineString('CORS_ORIGINS', {
    default: '',
    description:
      "Origins of web apps that may call the functions, separated by commas: `https://app.example.com`. Empty: the project's own Hosting sites.",
  }),
  enforceAppCheck: defineBoolean('ENFORCE_APP_CHECK', {
    default: false,
    description: 'Refuse calls without a valid App Check token. Recommended in production.',
  }),
  consumeAppCheckToken: defineBoolean('CONSUME_APP_CHECK_TOKEN', {
    default: false,
    description:
      'Take each App Check token only once for questions, comparisons, detections and annotations. Costs clients an attestation a call.',
  }),
  callsPerMinute: defineInt('CALLS_PER_MINUTE', {
    default: 30,
    description: 'Most calls of one user within a minute. 0 for no limit, up to 600.',
  }),
  tokensPerDay: defineInt('TOKENS_PER_DAY', {
    default: 1_000_000,
    description: 'Most tokens of one user a day (UTC), uploads included. 0 for no limit.',
  }),
  projectTokensPerDay: defineInt('PROJECT_TOKENS_PER_DAY', {
    default: 20_000_000,
    description: 'Most tokens of all users together a day (UTC), uploads included. 0 for no limit.',
  }),
  inputTokenPrice: defineString('INPUT_TOKEN_PRICE', {
    default: '0.75',
    description:
      'US dollars for a million input tokens, for the estimates of backfills alone. The default is that of gemini-3.8-flash in 2026.',
  }),
  outputTokenPrice: defineString('OUTPUT_TOKEN_PRICE', {
    default: '3.75',
    description: 'US dollars for a million output tokens, likewise.',
  }),
  blurThreshold: defineInt('BLUR_THRESHOLD', {
    default: 60,
    description:
      'Photos whose sharpness (variance of the Laplacian of the copy for the model) is below it count as blurred.',
  }),
}

/** Every parameter, for the table in docs/configuration.md. */
export const PARAMETERS = [region, queueConcurrency, ...Object.values(params)]
