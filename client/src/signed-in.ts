import { FiresightError } from './error.ts'
import { loaded } from './services.ts'
import type { FiresightOptions } from './settings.ts'

/** @throws FiresightError `unauthenticated` if nobody is signed in */
export async function signedInUid({ app, auth: given }: FiresightOptions): Promise<string> {
  const auth = given ?? (await loaded(import('./default-auth.ts'))).defaultAuth(app)
  await auth.authStateReady()
  if (auth.currentUser) return auth.currentUser.uid
  throw new FiresightError({ code: 'unauthenticated', message: 'Sign in first.', retryable: false })
}
