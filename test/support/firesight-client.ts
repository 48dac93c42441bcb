import { randomUUID } from 'node:crypto'
import { createFiresight, type Firesight } from '@firesight/client'
import { deleteApp, initializeApp } from 'firebase/app'
import { connectAuthEmulator, getAuth, signInAnonymously } from 'firebase/auth'
import { getFirestore, terminate } from 'firebase/firestore'
import { BUCKET, emulator, PROJECT } from './app.ts'

const hostOf = (variable: string) => {
  const { host, port } = emulator(variable)
  return `${host}:${port}`
}

/** The emulators in the form that the client library expects. */
export const clientEmulators = () => ({
  functions: hostOf('FUNCTIONS_EMULATOR_HOST'),
  firestore: hostOf('FIRESTORE_EMULATOR_HOST'),
  storage: hostOf('FIREBASE_STORAGE_EMULATOR_HOST'),
})

/** The client library with a new anonymous user. Without `givesAuth` it receives only the app. */
export async function signInFiresight({ givesAuth = true } = {}): Promise<{
  firesight: Firesight
  uid: string
  token: () => Promise<string>
  close: () => Promise<void>
}> {
  const app = initializeApp({ projectId: PROJECT, apiKey: 'fake', storageBucket: BUCKET }, randomUUID())
  const auth = getAuth(app)
  connectAuthEmulator(auth, emulator('FIREBASE_AUTH_EMULATOR_HOST').url, { disableWarnings: true })
  const { user } = await signInAnonymously(auth)
  return {
    firesight: createFiresight({ app, ...(givesAuth && { auth }), emulators: clientEmulators() }),
    uid: user.uid,
    token: async () => user.getIdToken(),
    close: async () => {
      await terminate(getFirestore(app))
      await deleteApp(app)
    },
  }
}
