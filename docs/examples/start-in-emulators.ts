import { createFiresight, type Firesight } from '@firesight/client'
import { initializeApp } from 'firebase/app'
import { connectAuthEmulator, getAuth, signInAnonymously } from 'firebase/auth'

/** Addresses as "host:port". */
type Addresses = { auth: string; functions: string; firestore: string; storage: string }

export async function startInEmulators({ auth: authAddress, ...emulators }: Addresses): Promise<Firesight> {
  const config = { projectId: 'demo-firesight', apiKey: 'any', storageBucket: 'demo-firesight.appspot.com' }
  const app = initializeApp(config)
  const auth = getAuth(app)
  connectAuthEmulator(auth, `http://${authAddress}`, { disableWarnings: true })
  await signInAnonymously(auth)
  return createFiresight({ app, auth, emulators })
}
