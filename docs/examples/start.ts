import { createFiresight, type Firesight } from '@firesight/client'
import { type FirebaseOptions, initializeApp } from 'firebase/app'
import { getAuth, signInAnonymously } from 'firebase/auth'

export async function start(config: FirebaseOptions): Promise<Firesight> {
  const app = initializeApp(config)
  const auth = getAuth(app)
  await auth.authStateReady()
  if (!auth.currentUser) await signInAnonymously(auth) // Or any other sign-in method.
  return createFiresight({ app, auth, region: 'us-central1' })
}
