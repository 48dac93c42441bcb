import { FiresightError } from './error.ts'
import type { SignedIn } from './settings.ts'

/** @throws FiresightError `unauthenticated` if nobody is signed in */
export async function signedInUid(auth: SignedIn): Promise<string> {
  await auth.authStateReady()
  if (auth.currentUser) return auth.currentUser.uid
  throw new FiresightError({ code: 'unauthenticated', message: 'Sign in first.', retryable: false })
}
