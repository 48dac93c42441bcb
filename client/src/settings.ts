import type { FirebaseApp } from 'firebase/app'

/** The functions that clients call, by the names they have in Firesight. */
export type FunctionName =
  | 'answerQuestion'
  | 'compareImages'
  | 'detectObjects'
  | 'describeImage'
  | 'annotateImage'

/** What is needed of Firebase Auth: who is signed in. */
export type SignedIn = { authStateReady(): Promise<void>; currentUser: { uid: string } | null }

export type FiresightOptions = {
  app: FirebaseApp
  /**
   * The app's Auth, as `getAuth(app)` or `initializeAuth()` gave it. Without it, it is looked up with `getAuth(app)` when an upload needs
   * it first, which loads all of Firebase Auth. Calls carry the same user.
   */
  auth?: SignedIn
  /** Where the functions run, as their FUNCTIONS_REGION; or the custom domain they are behind. */
  region?: string
  /** The bucket of uploads, if it is not the app's default. */
  bucket?: string
  /** The bucket of results, if the functions have an OUTPUT_BUCKET. */
  outputBucket?: string
  /** What the functions' names begin with, as in `kit-answerQuestion`. */
  prefix?: string
  /** Whole names, for functions that were exported under others. */
  names?: Partial<Record<FunctionName, string>>
  /** For functions that take each App Check token only once (CONSUME_APP_CHECK_TOKEN). */
  limitedUseAppCheckTokens?: boolean
  /** Addresses of emulators as "host:port"; leave out those that the app has connected itself. */
  emulators?: { functions?: string; firestore?: string; storage?: string }
}

export type CallSettings = {
  region: string
  limitedUseAppCheckTokens: boolean
  emulator: string | undefined
}

export function hostAndPort(address: string): [host: string, port: number] {
  const colon = address.lastIndexOf(':')
  return [address.slice(0, colon), Number(address.slice(colon + 1))]
}

/** Most photos that firestore.rules let somebody list at once. */
export const MAX_NEWEST = 100

/** Longer than the functions may take (functions/src/config/time-limits.ts), by a cold start. */
export const CALL_TIMEOUT_MS = 130_000
export const ANNOTATE_TIMEOUT_MS = 310_000
