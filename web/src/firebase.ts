import { type FirebaseOptions, initializeApp } from 'firebase/app'
import {
  type Auth,
  browserLocalPersistence,
  connectAuthEmulator,
  indexedDBLocalPersistence,
  initializeAuth,
  signInAnonymously,
} from 'firebase/auth'
import { connectFirestoreEmulator, type Firestore, getFirestore } from 'firebase/firestore'
import { connectStorageEmulator, type FirebaseStorage, getStorage } from 'firebase/storage'

/** A signed-in connection to the project that this page belongs to. */
export type Connection = {
  uid: string
  bucket: string
  firestore: Firestore
  storage: FirebaseStorage
  usesEmulators: boolean
  usesLocalGemini: boolean
}

/** Addresses as "host:port". */
type Emulators = { auth: string; firestore: string; storage: string; gemini?: string }

/** Connects to the project that serves this page, and signs in anonymously: an uploader needs a folder, not a name. */
export async function connect(): Promise<Connection> {
  const [options, emulators] = await Promise.all([
    // Hosting's own; https://firebase.google.com/docs/hosting/reserved-urls
    readJson<FirebaseOptions>('/__/firebase/init.json'),
    import.meta.env.DEV ? readJson<Emulators>('/emulators.json') : undefined,
  ])
  const app = initializeApp(options)
  // getAuth() would bring the code of pop-ups and redirects.
  const auth = initializeAuth(app, { persistence: [indexedDBLocalPersistence, browserLocalPersistence] })
  const firestore = getFirestore(app)
  const storage = getStorage(app)
  if (emulators) {
    connectAuthEmulator(auth, `http://${emulators.auth}`, { disableWarnings: true })
    connectFirestoreEmulator(firestore, ...hostAndPort(emulators.firestore))
    connectStorageEmulator(storage, ...hostAndPort(emulators.storage))
  }
  const uid = await signIn(auth)
  return {
    uid,
    bucket: options.storageBucket ?? '',
    firestore,
    storage,
    usesEmulators: Boolean(emulators),
    usesLocalGemini: Boolean(emulators?.gemini),
  }
}

/** The same person as at the last visit, if there was one. */
async function signIn(auth: Auth): Promise<string> {
  await auth.authStateReady()
  const user = auth.currentUser ?? (await signInAnonymously(auth)).user
  return user.uid
}

async function readJson<T>(path: string): Promise<T> {
  const response = await fetch(path)
  const type = response.headers.get('content-type') ?? 'no type'
  // A server that answers unknown paths with the page itself says 200 too.
  if (!response.ok || !type.includes('json')) {
    throw new Error(
      `Cannot read ${path}: got ${response.status} with ${type}, and JSON is needed. ` +
        'Firebase Hosting serves it, and so does npm start.',
    )
  }
  return (await response.json()) as T
}

function hostAndPort(address: string): [host: string, port: number] {
  const colon = address.lastIndexOf(':')
  return [address.slice(0, colon), Number(address.slice(colon + 1))]
}
