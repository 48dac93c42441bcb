import { createFiresight, type Firesight } from '@firesight/client'
import { type FirebaseApp, type FirebaseOptions, initializeApp } from 'firebase/app'
import {
  type Auth,
  browserLocalPersistence,
  connectAuthEmulator,
  indexedDBLocalPersistence,
  initializeAuth,
  signInAnonymously,
} from 'firebase/auth'

/** A signed-in connection to the Firebase project of this page. */
export type Connection = {
  firesight: Firesight
  usesEmulators: boolean
  usesLocalGemini: boolean
}

/** Addresses as "host:port". */
type Emulators = { auth: string; functions: string; firestore: string; storage: string; gemini?: string }

/** Connects to the project that serves this page, and signs in anonymously. */
export async function connect(): Promise<Connection> {
  const [options, emulators] = await Promise.all([
    // Provided by Firebase Hosting: https://firebase.google.com/docs/hosting/reserved-urls
    readJson<FirebaseOptions>('/__/firebase/init.json'),
    import.meta.env.DEV ? readJson<Emulators>('/emulators.json') : undefined,
  ])
  const app = initializeApp(options)
  await startAppCheck(app)
  // Unlike getAuth(), initializeAuth() does not include the code for pop-ups and redirects.
  const auth = initializeAuth(app, { persistence: [indexedDBLocalPersistence, browserLocalPersistence] })
  if (emulators) connectAuthEmulator(auth, `http://${emulators.auth}`, { disableWarnings: true })
  await signIn(auth)
  return {
    firesight: createFiresight({ app, auth, ...(emulators && { emulators }) }),
    usesEmulators: Boolean(emulators),
    usesLocalGemini: Boolean(emulators?.gemini),
  }
}

/** Uses App Check if the page was built with a site key of reCAPTCHA Enterprise. Otherwise it loads no code. */
async function startAppCheck(app: FirebaseApp): Promise<void> {
  const siteKey: unknown = import.meta.env.VITE_APP_CHECK_SITE_KEY
  if (typeof siteKey !== 'string' || siteKey === '') return
  const { initializeAppCheck, ReCaptchaEnterpriseProvider } = await import('firebase/app-check')
  const provider = new ReCaptchaEnterpriseProvider(siteKey)
  initializeAppCheck(app, { provider, isTokenAutoRefreshEnabled: true })
}

/** Keeps the user of an earlier visit, if there is one. */
async function signIn(auth: Auth): Promise<void> {
  await auth.authStateReady()
  if (!auth.currentUser) await signInAnonymously(auth)
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
