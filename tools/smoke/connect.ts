import { createFiresight, type Firesight } from '@firesight/client'
import { deleteApp, type FirebaseApp, type FirebaseOptions, initializeApp } from 'firebase/app'
import { CustomProvider, getToken, initializeAppCheck } from 'firebase/app-check'
import {
  connectAuthEmulator,
  getAuth,
  signInAnonymously,
  signInWithEmailAndPassword,
  type User,
} from 'firebase/auth'
import { connectFirestoreEmulator, getFirestore, terminate } from 'firebase/firestore'
import { connectStorageEmulator, getStorage } from 'firebase/storage'
import { z } from 'zod'
import { readSettings } from '../../web/src/settings.ts'
import { CannotCheck } from '../doctor/finding.ts'
import { readJson } from '../doctor/read-json.ts'

/** Where the backend is. */
export type Place = {
  firebase: FirebaseOptions
  /** The values of the parameter files. */
  values: Record<string, string>
  /** The addresses of emulators as host:port. Undefined: a real project. */
  emulators?: { auth: string; functions: string; firestore: string; storage: string }
}

export type Credentials = {
  /** An account for projects without anonymous sign-in. */
  account?: { email: string; password: string }
  /** A debug token of App Check, for backends that enforce it. */
  appCheckDebugToken?: string
}

/** A signed-in user of the backend, as an app has one. */
export type Visitor = {
  app: FirebaseApp
  firesight: Firesight
  user: User
  /** The headers of a plain HTTPS call. */
  headers: () => Promise<Headers>
  close: () => Promise<void>
}

/** Signs in, with the rights of an app only. @throws CannotCheck */
export async function visit(place: Place, credentials: Credentials): Promise<Visitor> {
  const { firebase, values, emulators } = place
  const app = initializeApp(firebase, crypto.randomUUID())
  const appCheck = credentials.appCheckDebugToken
    ? initializeAppCheck(app, {
        provider: debugProvider(firebase, credentials.appCheckDebugToken),
        isTokenAutoRefreshEnabled: false,
      })
    : undefined
  const auth = getAuth(app)
  if (emulators) {
    connectAuthEmulator(auth, `http://${emulators.auth}`, { disableWarnings: true })
    connectFirestoreEmulator(databaseOf(app, values), ...hostAndPort(emulators.firestore))
    connectStorageEmulator(getStorage(app), ...hostAndPort(emulators.storage))
  }
  const { account } = credentials
  const { user } = await (account
    ? signInWithEmailAndPassword(auth, account.email, account.password)
    : signInAnonymously(auth)
  ).catch((error: unknown) => {
    throw new CannotCheck(`cannot sign in: ${(error as Error).message}`, { cause: error })
  })
  return {
    app,
    user,
    firesight: createFiresight({
      app,
      auth,
      ...settingsOf(values).client,
      ...(emulators && { emulators: { functions: emulators.functions } }),
    }),
    headers: async () => {
      const headers = new Headers({ authorization: `Bearer ${await user.getIdToken()}` })
      if (appCheck) headers.set('X-Firebase-AppCheck', (await getToken(appCheck)).token)
      return headers
    },
    close: async () => {
      await terminate(databaseOf(app, values))
      await deleteApp(app)
    },
  }
}

function hostAndPort(address: string): [host: string, port: number] {
  const [host = '', port = ''] = address.split(':')
  return [host, Number(port)]
}

export function databaseOf(app: FirebaseApp, { FIRESTORE_DATABASE }: Record<string, string>) {
  return FIRESTORE_DATABASE ? getFirestore(app, FIRESTORE_DATABASE) : getFirestore(app)
}

/** The settings of the client, as the page has them. */
export function settingsOf(values: Record<string, string>) {
  return readSettings(
    Object.fromEntries(Object.entries(values).map(([name, value]) => [`VITE_${name}`, value])),
  )
}

// https://firebase.google.com/docs/reference/appcheck/rest/v1/projects.apps/exchangeDebugToken, read 2026-11-30
const exchanged = z.looseObject({ token: z.string(), ttl: z.string().regex(/^\d+(\.\d+)?s$/) })

/** Exchanges a debug token, because attestation needs a browser or a device. */
function debugProvider({ projectId, appId, apiKey }: FirebaseOptions, debugToken: string): CustomProvider {
  return new CustomProvider({
    getToken: async () => {
      const url = `https://firebaseappcheck.googleapis.com/v1/projects/${projectId}/apps/${appId}:exchangeDebugToken?key=${apiKey}`
      const found = await readJson(url, exchanged, new Headers(), {
        method: 'POST',
        body: { debug_token: debugToken },
      })
      if (!found) throw new CannotCheck(`the web app ${appId} is not registered with App Check`)
      return { token: found.token, expireTimeMillis: Date.now() + Number.parseFloat(found.ttl) * 1000 }
    },
  })
}
