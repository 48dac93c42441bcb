import type { FirebaseApp } from 'firebase/app'

/** The callable functions, by their default names. */
export type FunctionName =
  | 'answerQuestion'
  | 'compareImages'
  | 'detectObjects'
  | 'describeImage'
  | 'annotateImage'
  | 'deleteMyData'

/** The part of Firebase Auth that the client uses. */
export type AuthState = { authStateReady(): Promise<void>; currentUser: { uid: string } | null }

export type FiresightOptions = {
  app: FirebaseApp
  /**
   * The app's Auth, from `getAuth(app)` or `initializeAuth()`. Without it, the first upload calls
   * `getAuth(app)`, which loads all of Firebase Auth. Calls use the same user.
   */
  auth?: AuthState
  /**
   * The region of the functions (their FUNCTIONS_REGION), by default `us-central1`, or their custom domain.
   */
  region?: string
  /** The upload bucket (UPLOAD_BUCKET of the functions), if it is not the default bucket of the app. */
  bucket?: string
  /** The result bucket, if the functions have an OUTPUT_BUCKET. */
  outputBucket?: string
  /**
   * The functions' UPLOAD_PATH, by default `users/{uid}/uploads/{fileName}`. `{uid}` is replaced by the id of
   * the signed-in user, the last placeholder by a random file name, and all others by `segments` of
   * `upload()`.
   */
  uploadPath?: string
  /** The collection of the documents (IMAGES_COLLECTION of the functions), by default `images`. */
  collection?: string
  /** The Firestore database of the documents (FIRESTORE_DATABASE), by default `(default)`. */
  database?: string
  /** The id of the instance of the function kit: function names then start with `kit-<instance>-`. */
  instance?: string
  /** A prefix of the deployed function names, for example `kit-` for `kit-answerQuestion`. */
  prefix?: string
  /** Deployed names of functions that were exported under another name. */
  names?: Partial<Record<FunctionName, string>>
  /** Required by functions that accept each App Check token only once (CONSUME_APP_CHECK_TOKEN). */
  limitedUseAppCheckTokens?: boolean
  /** Emulator addresses as "host:port". Omit the emulators that the app has already connected. */
  emulators?: { functions?: string; firestore?: string; storage?: string }
}

/** The documents of photos. Undefined: the defaults of the functions. */
export type DocumentSettings = { database: string | undefined; collection: string | undefined }

export type CallSettings = {
  region: string
  limitedUseAppCheckTokens: boolean
  emulator: string | undefined
}

export function hostAndPort(address: string): [host: string, port: number] {
  const colon = address.lastIndexOf(':')
  return [address.slice(0, colon), Number(address.slice(colon + 1))]
}

/** The largest `limit` of a query that firestore.rules allow. */
export const MAX_NEWEST = 100

/** The timeouts of the functions (functions/src/config/time-limits.ts) plus time for a cold start. */
export const CALL_TIMEOUT_MS = 130_000
export const ANNOTATE_TIMEOUT_MS = 310_000
