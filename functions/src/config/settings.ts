import { modelSettings } from './model-settings.ts'
import type { Setting } from './setting.ts'

// Settings with a default. The Firebase CLI does not ask for them: they are environment variables, set in
// `.env` files. The CLI asks for the parameters of params.ts.

/** `readConfig()` reads and checks the values. The keys are those of `Config`. */
export const settings = {
  maxInstances: {
    name: 'MAX_INSTANCES',
    default: 5,
    description: 'Maximum number of instances of the upload trigger, an upper bound on costs. 1 to 1000.',
  },
  maxCallInstances: {
    name: 'MAX_CALL_INSTANCES',
    default: 10,
    description: 'Maximum number of instances of each function that clients call. 1 to 1000.',
  },
  queueConcurrency: {
    name: 'QUEUE_CONCURRENCY',
    default: 16,
    description:
      'Number of photos that the queue of sweeps runs at the same time. 1 to 100. The queue starts up to two photos a second, which are 240 model requests a minute. With fewer for your key, set MODEL_REQUESTS_PER_MINUTE too; with a key of the free tier use 3.',
  },
  backfillConcurrency: {
    name: 'BACKFILL_CONCURRENCY',
    default: 3,
    description:
      'Number of photos that the queue of backfills runs at the same time. 1 to 100. With BACKFILL_SERVICE_TIER=flex use at least 16: photos wait for minutes, and an instance that waits for 16 costs no more than for one.',
  },
  maxImageBytes: {
    name: 'MAX_IMAGE_BYTES',
    default: 20 * 1024 * 1024,
    description: 'Maximum size of a photo, in bytes. 1 to 104857600.',
  },
  maxCallBytes: {
    name: 'MAX_CALL_BYTES',
    default: 100 * 1024 * 1024,
    description: 'Maximum total size of the images of one call, in bytes. 1 to 524288000.',
  },
  maxCallImages: {
    name: 'MAX_CALL_IMAGES',
    default: 16,
    description: 'Maximum number of images in one call. 2 to 16.',
  },
  maxImagePixels: {
    name: 'MAX_IMAGE_PIXELS',
    default: 50_000_000,
    description: 'Maximum number of pixels of a photo (width x height). 256 to 268000000.',
  },
  maxCallPixels: {
    name: 'MAX_CALL_PIXELS',
    default: 200_000_000,
    description:
      'Maximum number of pixels of all images of one call together, at least MAX_IMAGE_PIXELS. PNGs of 16 bits and HEIC photos that are decoded count twice. 256 to 4000000000.',
  },
  maxObjects: {
    name: 'MAX_OBJECTS',
    default: 100,
    description:
      'Maximum number of objects kept for one photo. 1 to 255, the number of pixel values of an overlay.',
  },
  heic: {
    name: 'HEIC',
    default: '',
    description:
      'HEIC and HEIF photos: original, decode or off. original (also if empty): the model receives the file without its metadata, and there is no preview, thumbnail or sharpness. decode: they are decoded like other photos; the decoder, libheif, is licensed under LGPL-3.0, and HEVC is covered by patents. off: they are rejected.',
  },
  urlImageHosts: {
    name: 'URL_IMAGE_HOSTS',
    default: '',
    description:
      'Allowed hosts of image URLs, separated by commas: `images.example.com`, or `*.example.com` for all its subdomains, without itself. No IP addresses. Empty: none. Use no star for a domain where strangers can register subdomains, such as `web.app`.',
  },
  corsOrigins: {
    name: 'CORS_ORIGINS',
    default: '',
    description:
      "Origins of web apps that may call the functions, separated by commas: `https://app.example.com`. Empty: the project's own Hosting sites.",
  },
  consumeAppCheckToken: {
    name: 'CONSUME_APP_CHECK_TOKEN',
    default: false,
    description:
      'Accept each App Check token only once for questions, comparisons, detections and annotations. Each call then needs a new attestation. Needs ENFORCE_APP_CHECK.',
  },
  callsPerMinute: {
    name: 'CALLS_PER_MINUTE',
    default: 30,
    description: 'Maximum number of calls of one user per minute, up to 600. 0: no limit.',
  },
  tokensPerDay: {
    name: 'TOKENS_PER_DAY',
    default: 1_000_000,
    description: 'Maximum number of tokens of one user per day (UTC), including uploads. 0: no limit.',
  },
  restrictedTokensPerDay: {
    name: 'RESTRICTED_TOKENS_PER_DAY',
    default: '',
    description:
      'Maximum number of tokens per day of a user without a verified identity (anonymous, or e-mail address not verified), including uploads. Empty: a twentieth of TOKENS_PER_DAY. 0: no limit.',
  },
  restrictedProjectPercent: {
    name: 'RESTRICTED_PROJECT_PERCENT',
    default: 20,
    description:
      'How much of PROJECT_TOKENS_PER_DAY all users without a verified identity may use together, in percent. 1 to 100.',
  },
  uploadsPerDay: {
    name: 'UPLOADS_PER_DAY',
    default: 2000,
    description:
      'Maximum number of photos of one user that are annotated per day (UTC). More are deferred. 0: no limit.',
  },
  quotaShards: {
    name: 'QUOTA_SHARDS',
    default: 20,
    description:
      "Number of documents over which the project's token counter of a day is spread. Each sustains about one write per second, and a busy instance makes about 0.6: use at least 0.6 times the number of busy instances. It may change at any time. 1 to 1000.",
  },
  retentionDays: {
    name: 'RETENTION_DAYS',
    default: 0,
    description:
      'Photos and their results are deleted this number of days after the upload. 0: they are kept. 0 to 3650.',
  },
  fullScanDays: {
    name: 'FULL_SCAN_DAYS',
    default: 30,
    description:
      'Days between two full scans of all photos, documents and results. A full scan reads each document twice and looks each upload up. It finds deleted photos whose deletion event was lost, which the daily scan does not. 1 to 365.',
  },
  blurThreshold: {
    name: 'BLUR_THRESHOLD',
    default: 60,
    description:
      'Photos with a sharpness (variance of the Laplacian of the copy for the model) below this value count as blurred.',
  },
  firestoreDatabase: {
    name: 'FIRESTORE_DATABASE',
    default: '(default)',
    description:
      'Firestore database of the annotations and of all state. Rules of Cloud Storage can read only (default).',
  },
  imagesCollection: {
    name: 'IMAGES_COLLECTION',
    default: 'images',
    description: 'Top-level collection of the annotations. Another name needs its own rules and indexes.',
  },
  quotaScope: {
    name: 'QUOTA_SCOPE',
    default: 'project',
    description:
      'Who shares the counters of the limits: project (all instances of the project in this database) or instance (each instance counts alone).',
  },
  ...modelSettings,
  includePaths: {
    name: 'INCLUDE_PATH_LIST',
    default: '',
    description:
      'Only photos in these folders and below are annotated, besides UPLOAD_PATH: absolute paths, separated by commas, with * for any text. Empty: all. As in the extension storage-label-images.',
  },
  excludePaths: {
    name: 'EXCLUDE_PATH_LIST',
    default: '',
    description: 'Photos in these folders and below are not annotated. Written as INCLUDE_PATH_LIST.',
  },
  extensionCollection: {
    name: 'COLLECTION_PATH',
    default: '',
    description:
      'Collection that also receives documents in the shape of the extensions storage-label-images (with LABEL_MODE) or storage-extract-image-text (with DETAIL). Empty: none. docs/migrate-from-extensions.md',
  },
  labelMode: {
    name: 'LABEL_MODE',
    default: '',
    description: 'Labels in these documents: basic (texts), full (objects with a description), or empty.',
  },
  textDetail: {
    name: 'DETAIL',
    default: '',
    description: 'Text in these documents: basic (the text), full (an annotation with it), or empty.',
  },
} satisfies Record<string, Setting>
