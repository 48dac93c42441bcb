import type { FirebaseApp } from 'firebase/app'
import { FiresightError } from './error.ts'
import { loaded } from './services.ts'
import type { SignedIn } from './settings.ts'

/** @throws FiresightError `unauthenticated` if nobody is signed in */
export async function signedInUid(app: FirebaseApp, given: SignedIn | undefined): Promise<string> {
  const auth = given ?? (await loaded(import('firebase/auth'))).getAuth(app)
  await auth.authStateReady()
  if (auth.currentUser) return auth.currentUser.uid
  throw new FiresightError({ code: 'unauthenticated', message: 'Sign in first.', retryable: false })
}
