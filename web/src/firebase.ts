import { createFiresight, type Firesight } from '@firesight/client'
import { type FirebaseApp, type FirebaseOptions, initializeApp } from 'firebase/app'
import {
  type Auth,
  browserLocalPersistence,
  connectAuthEmulator,
  indexedDBLocalPersistence,
  initializeAuth,
  signInAnonymously,
  type User,
} from 'firebase/auth'
import { permanentStorage } from './parts/browser-storage.ts'
import { forgetDeleted } from './parts/forget-deleted.ts'
import { createKept, type Kept } from './parts/kept.ts'
import { type Emulators, readSettings, type Settings } from './settings.ts'
import { UnfinishedStore } from './upload/unfinished.ts'

/** A signed-in connection to the Firebase project of this page. */
export type Connection = {
  firesight: Firesight
  /** Conversations and results of the signed-in user in this tab. */
  kept: Kept
  /** The uploads of the signed-in user that are not stored yet. */
  unfinished: UnfinishedStore
  /** The id of the signed-in user. */
  uid: string
  /** The `segments` of each upload. */
  segments: Settings['segments']
  usesEmulators: boolean
  usesLocalGemini: boolean
  /** Whether the local Gemini API finds objects with a small model, as far as is known at the start. */
  usesDetector: boolean
  /** Whether it still does: the model can fail later. */
  stillUsesDetector: () => Promise<boolean>
  /** For code examples. */
  projectId: string
  emulators: Emulators | undefined
}

/** Connects to the project that serves this page, and signs in anonymously. */
export async function connect(): Promise<Connection> {
  const [options, emulators] = await Promise.all([
    // Provided by Firebase Hosting: https://firebase.google.com/docs/hosting/reserved-urls
    readJson<FirebaseOptions>('/__/firebase/init.json'),
    import.meta.env.DEV ? readJson<Emulators>('/emulators.json') : undefined,
  ])
  const { appCheckSiteKey, client, segments } = readSettings(import.meta.env)
  const app = initializeApp(options)
  if (appCheckSiteKey !== undefined) await startAppCheck(app, appCheckSiteKey)
  // Unlike getAuth(), initializeAuth() does not include the code for pop-ups and redirects.
  const auth = initializeAuth(app, { persistence: [indexedDBLocalPersistence, browserLocalPersistence] })
  if (emulators) connectAuthEmulator(auth, `http://${emulators.auth}`, { disableWarnings: true })
  const { uid } = await signIn(auth)
  const kept = createKept(uid)
  const firesight = createFiresight({ app, auth, ...client, ...(emulators && { emulators }) })
  return {
    firesight: forgetDeleted(firesight, kept, client.bucket ?? options.storageBucket),
    kept,
    unfinished: new UnfinishedStore(permanentStorage(), uid),
    uid,
    segments,
    usesEmulators: Boolean(emulators),
    usesLocalGemini: Boolean(emulators?.gemini),
    projectId: options.projectId ?? '',
    emulators,
    usesDetector: Boolean(emulators?.geminiDetector),
    stillUsesDetector: async () => Boolean((await readJson<Emulators>('/emulators.json')).geminiDetector),
  }
}

/** Its code is loaded only if the page uses App Check. */
async function startAppCheck(app: FirebaseApp, siteKey: string): Promise<void> {
  const { initializeAppCheck, ReCaptchaEnterpriseProvider } = await import('firebase/app-check')
  const provider = new ReCaptchaEnterpriseProvider(siteKey)
  initializeAppCheck(app, { provider, isTokenAutoRefreshEnabled: true })
}

/** Keeps the user of an earlier visit, if there is one. */
async function signIn(auth: Auth): Promise<User> {
  await auth.authStateReady()
  return auth.currentUser ?? (await signInAnonymously(auth)).user
}

async function readJson<T>(path: string): Promise<T> {
  const response = await fetch(path)
  const type = response.headers.get('content-type') ?? 'no type'
  // A server may answer unknown paths with the page itself and status 200.
  if (!response.ok || !type.includes('json')) {
    throw new Error(
      `Cannot read ${path}: expected JSON, received ${type} with status ${response.status}. ` +
        'Serve this page with Firebase Hosting or npm start.',
    )
  }
  return (await response.json()) as T
}
